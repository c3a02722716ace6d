variable "name" {
  description = "The cluster's name: the value of the tag `les`, by which the nodes find each other and the role knows its addresses."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,28}[a-z0-9])?$", var.name))
    error_message = "name has 1 to 30 lower-case letters, digits and hyphens, with no hyphen at either end."
  }
}

variable "vpc_id" {
  description = "The VPC of the nodes."
  type        = string

  validation {
    condition     = can(regex("^vpc-[0-9a-f]{8,17}$", var.vpc_id))
    error_message = "vpc_id is the id of a VPC, such as \"vpc-0123456789abcdef0\"."
  }
}

variable "port" {
  description = "The port at which the nodes reach each other. Not to be changed on a cluster that runs."
  type        = number
  default     = 4000

  validation {
    condition     = var.port == floor(var.port) && var.port >= 1024 && var.port <= 65535
    error_message = "port is a whole number from 1024 to 65535: les runs without privileges."
  }
}

variable "egress_cidr_blocks" {
  description = "Where the nodes may go on TCP ports 80 and 443: the cloud's API, the package's URL, the distribution's mirrors. `[\"0.0.0.0/0\", \"::/0\"]` is everywhere; there is no default, so that you say it."
  type        = list(string)

  validation {
    condition     = length(var.egress_cidr_blocks) > 0 && alltrue([for block in var.egress_cidr_blocks : can(cidrnetmask(block)) || can(regex(":", cidrhost(block, 0)))])
    error_message = "egress_cidr_blocks are IPv4 or IPv6 networks, such as \"10.0.0.0/16\" or \"::/0\"."
  }
}
