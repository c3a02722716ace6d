terraform {
  required_version = "~> 1.9"

  required_providers {
    aws = {
      source = "hashicorp/aws"
      # Only what both majors know is used: 5.100 runs in the tests, 6 is checked against its schema.
      version = ">= 5.100, < 7.0"
    }
  }
}
