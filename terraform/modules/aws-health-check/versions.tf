terraform {
  required_version = "~> 1.9"

  required_providers {
    aws = {
      source = "hashicorp/aws"
      # Only what both majors know is used: 5.100 was run by hand, both are checked against their schemas.
      version = ">= 5.100, < 7.0"
    }
  }
}
