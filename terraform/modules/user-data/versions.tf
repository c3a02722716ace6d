# No provider: this module computes a text.
terraform {
  required_version = "~> 1.9"
}
