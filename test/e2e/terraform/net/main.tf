variable "name" {
  type = string
}

resource "terraform_data" "vpc" {
  input = var.name
}

module "inner" {
  source = "./inner"
  count  = 2
  name   = var.name
}
