################################################################################
# Required
################################################################################

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

variable "subnet_ids" {
  description = "Subnets of the nodes, in several zones. Packets to the Elastic IP come by the internet gateway of their route table, and a node needs a way to EC2's API *before* it holds the address (README.md)."
  type        = list(string)

  validation {
    condition     = length(distinct(var.subnet_ids)) >= 2 && alltrue([for id in var.subnet_ids : can(regex("^subnet-[0-9a-f]{8,17}$", id))])
    error_message = "subnet_ids are the ids of at least two subnets, such as \"subnet-0123456789abcdef0\": one zone would be one point of failure."
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

variable "ami_id" {
  description = "The image: cloud-init, systemd 252 or newer, x86_64; such as a Debian 12 image. No default, and no search for the latest: an image should not change by itself."
  type        = string

  validation {
    condition     = can(regex("^ami-[0-9a-f]{8,17}$", var.ami_id))
    error_message = "ami_id is the id of an image, such as \"ami-0123456789abcdef0\"."
  }
}

################################################################################
# Optional
################################################################################

variable "port" {
  description = "The port at which the nodes reach each other. Not to be changed on a cluster that runs."
  type        = number
  default     = 4000

  validation {
    condition     = var.port == floor(var.port) && var.port >= 1024 && var.port <= 65535
    error_message = "port is a whole number from 1024 to 65535: les runs without privileges."
  }
}

variable "environment" {
  description = "More settings of les, as it reads them from its environment, such as `LES_ELECTION__PROFILE = \"fast\"`. No secrets: it is in the state and in the user-data, and AWS needs none."
  type        = map(string)
  default     = {}

  validation {
    condition = alltrue([
      for name, value in var.environment : can(regex("^[A-Za-z_][A-Za-z0-9_]{0,127}$", name)) && can(regex("^[A-Za-z0-9_@%+=:,./~-]*$", value))
    ])
    error_message = "environment maps names of variables to values of letters, digits and _@%+=:,./~- (no spaces, no quotes)."
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

variable "security_group_ids" {
  description = "More security groups of the nodes, such as the one that opens the service behind the address."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for id in var.security_group_ids : can(regex("^sg-[0-9a-f]{8,17}$", id))])
    error_message = "security_group_ids are ids of security groups, such as \"sg-0123456789abcdef0\"."
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

variable "health_check_grace_period" {
  description = "Seconds that a new instance has before a failed health check replaces it. More than a first boot takes: some minutes."
  type        = number
  default     = 300

  validation {
    condition     = var.health_check_grace_period == floor(var.health_check_grace_period) && var.health_check_grace_period >= 0 && var.health_check_grace_period <= 7200
    error_message = "health_check_grace_period is a whole number of seconds from 0 to 7200."
  }
}

variable "target_group_arns" {
  description = "Target groups whose health check decides over an instance, such as that of modules/aws-health-check. With none, EC2's own status checks decide."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for arn in var.target_group_arns : can(regex("^arn:[a-z-]+:elasticloadbalancing:.*:targetgroup/", arn))])
    error_message = "target_group_arns are ARNs such as \"arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/...\"."
  }
}

variable "instance_warmup" {
  description = "Seconds from a new instance's start of service to the replacement of the next one. It must have installed les and joined by then."
  type        = number
  default     = 420

  validation {
    condition     = var.instance_warmup == floor(var.instance_warmup) && var.instance_warmup >= 60 && var.instance_warmup <= 3600
    error_message = "instance_warmup is a whole number of seconds from 60 to 3600."
  }

  validation {
    condition     = length(var.target_group_arns) == 0 || var.instance_warmup >= var.health_check_grace_period + 120
    error_message = "instance_warmup must be at least 120 more than health_check_grace_period: a sick new instance would be found only after the next one was replaced."
  }
}
