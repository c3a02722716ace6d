variable "name" {
  description = "The cluster's name: the value of the tag `les`, by which the nodes find each other and the role knows its addresses."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,28}[a-z0-9])?$", var.name))
    error_message = "name has 1 to 30 lower-case letters, digits and hyphens, with no hyphen at either end."
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
  description = "Security groups of the nodes, the cluster's own among them."
  type        = list(string)

  validation {
    condition     = length(var.security_group_ids) > 0 && alltrue([for id in var.security_group_ids : can(regex("^sg-[0-9a-f]{8,17}$", id))])
    error_message = "security_group_ids are the ids of at least one security group, such as \"sg-0123456789abcdef0\"."
  }
}

variable "user_data" {
  description = "The user-data, as text: the output of modules/user-data."
  type        = string
  sensitive   = true

  validation {
    condition     = startswith(var.user_data, "#") && length(var.user_data) <= 16384
    error_message = "user_data is a text of at most 16,384 bytes that begins with # (\"#cloud-config\"), not yet in base64."
  }
}

variable "instance_profile_arn" {
  description = "ARN of the instance profile with the role that moves the address."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:iam::[0-9]+:instance-profile/", var.instance_profile_arn))
    error_message = "instance_profile_arn is an ARN such as \"arn:aws:iam::123456789012:instance-profile/les-web\"."
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
