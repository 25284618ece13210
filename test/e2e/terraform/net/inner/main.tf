variable "name" {
  type = string
}

resource "terraform_data" "subnet" {
  count = 2
  input = var.name
}
