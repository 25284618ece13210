# A state with everything that is hard about states, made of terraform's built-in provider only, so
# that init and apply need no network. "planted" marks the values that must never reach the database.

terraform {
  required_version = ">= 1.4"
}

variable "password" {
  type      = string
  sensitive = true
  default   = "planted-sensitive-variable"
}

variable "generation" {
  type    = string
  default = "one"
}

resource "terraform_data" "plain" {
  input            = { region = "eu-central-1", generation = var.generation }
  triggers_replace = var.generation
}

resource "terraform_data" "marked" {
  input = var.password
}

resource "terraform_data" "unmarked" {
  input = { user = "app", password = "planted-plain-literal", key = "-----BEGIN RSA PRIVATE KEY-----planted-key" }
}

resource "terraform_data" "counted" {
  count = 2
  input = "number ${count.index}"
}

resource "terraform_data" "each" {
  for_each = toset(["a\"quote", "münchen", "dot.ted", "$${x}", "back\\slash", "two\nlines", "a]b", "with space"])
  input    = each.key
}

module "net" {
  source   = "./net"
  for_each = toset(["eu-west-1", "q\"k"])
  name     = each.key
}

output "password" {
  value     = var.password
  sensitive = true
}

output "open" {
  value = "planted-output"
}
