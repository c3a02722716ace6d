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

variable "node_security_group_id" {
  description = "The nodes' security group, which admits the checks by a rule that is made here."
  type        = string

  validation {
    condition     = can(regex("^sg-[0-9a-f]{8,17}$", var.node_security_group_id))
    error_message = "node_security_group_id is the id of a security group, such as \"sg-0123456789abcdef0\"."
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

variable "subnet_ids" {
  description = "The subnets of the nodes."
  type        = list(string)

  validation {
    condition     = length(distinct(var.subnet_ids)) >= 2 && alltrue([for id in var.subnet_ids : can(regex("^subnet-[0-9a-f]{8,17}$", id))])
    error_message = "subnet_ids are the ids of at least two subnets, such as \"subnet-0123456789abcdef0\": one zone would be one point of failure."
  }
}
