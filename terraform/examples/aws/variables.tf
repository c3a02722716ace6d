variable "name" {
  description = "The cluster's name: the value of the tag `les`, by which the nodes find each other and the role knows its addresses."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,28}[a-z0-9])?$", var.name))
    error_message = "name has 1 to 30 lower-case letters, digits and hyphens, with no hyphen at either end."
  }
}

variable "region" {
  description = "The AWS region."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2,4}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region is a region such as \"eu-central-1\"."
  }

  validation {
    # As botocore's endpoint table has it; the nodes reach EC2 by its dual-stack endpoint only.
    condition = !contains([
      "ap-east-2", "ap-northeast-3", "ap-south-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7",
      "ca-west-1", "eu-central-2", "eu-south-2", "il-central-1", "me-central-1", "mx-central-1",
    ], var.region)
    error_message = "EC2 has no dual-stack endpoint in this region: use the root module, with an interface endpoint for ec2 in your VPC."
  }
}

variable "ami_id" {
  description = "The image: cloud-init, systemd 252 or newer, x86_64; such as a Debian 12 image. No default, and no search for the latest: an image should not change by itself."
  type        = string

  validation {
    condition     = can(regex("^ami-[0-9a-f]{8,17}$", var.ami_id))
    error_message = "ami_id is the id of an image, such as \"ami-0123456789abcdef0\"."
  }
}

variable "package" {
  description = "Where a new machine fetches les (`.deb`, `.rpm`, else the bare program), and its SHA-256 (`sha256sum FILE`)."
  type = object({
    url    = string
    sha256 = string
  })

  validation {
    condition     = can(regex("^https://[!-~]+$", var.package.url)) && length(var.package.url) <= 2048
    error_message = "package.url is an https URL without white space."
  }

  validation {
    condition     = can(regex("^[0-9A-Fa-f]{64}$", var.package.sha256))
    error_message = "package.sha256 is 64 hex digits: the first word that `sha256sum FILE` prints."
  }
}

variable "service_port" {
  description = "TCP port of the service behind the address."
  type        = number
  default     = 443

  validation {
    condition     = var.service_port == floor(var.service_port) && var.service_port >= 1 && var.service_port <= 65535
    error_message = "service_port is a whole number from 1 to 65535."
  }
}

variable "service_cidr_blocks" {
  description = "Who may connect to the service, as IPv4 networks. `[\"0.0.0.0/0\"]` is everybody; there is no default, so that you say it."
  type        = list(string)

  validation {
    condition     = length(var.service_cidr_blocks) > 0 && alltrue([for block in var.service_cidr_blocks : can(cidrnetmask(block))])
    error_message = "service_cidr_blocks are IPv4 networks, such as \"198.51.100.0/24\"."
  }
}

variable "instance_type" {
  description = "The instances' type. les itself needs next to nothing: choose what the service behind the address needs."
  type        = string
  default     = "t3.micro"

  validation {
    condition     = can(regex("^[a-z0-9-]+\\.[a-z0-9-]+$", var.instance_type))
    error_message = "instance_type is a type such as \"t3.micro\"."
  }
}

variable "node_count" {
  description = "How many nodes. Three survive the loss of one and still see which side of a partition is the larger."
  type        = number
  default     = 3

  validation {
    condition     = var.node_count == floor(var.node_count) && var.node_count >= 2 && var.node_count <= 9
    error_message = "node_count is a whole number from 2 to 9: one node has nobody to take over."
  }
}

variable "vpc_cidr_block" {
  description = "The VPC's IPv4 network; each zone gets a sixteenth of it."
  type        = string
  default     = "10.0.0.0/20"

  validation {
    condition = (
      can(cidrnetmask(var.vpc_cidr_block)) &&
      can(regex("/(1[6-9]|2[0-4])$", var.vpc_cidr_block)) &&
      try(cidrsubnet(var.vpc_cidr_block, 0, 0) == var.vpc_cidr_block, false)
    )
    error_message = "vpc_cidr_block is an IPv4 network from /16 to /24, such as \"10.0.0.0/20\"."
  }
}
