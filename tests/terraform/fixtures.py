"""Modules for test_checks.py: one in which nothing is wrong, and the mistakes."""

ROOT_MAIN = """\
data "aws_region" "here" {}

locals {
  tags = { for key, value in var.tags : "les-${key}" => value }
  zone = "${data.aws_region.here.region}a"
  data = <<-EOT
    # } " not the end
    ${var.name}
  EOT
}

resource "aws_eip" "this" {
  domain = "vpc"
  tags   = merge(local.tags, { Name = "les-${var.name}" })

  lifecycle {
    ignore_changes = [instance, network_interface]
  }
}

resource "aws_autoscaling_group" "this" {
  count = var.enabled ? 1 : 0

  min_size           = 1
  max_size           = 3
  availability_zones = [local.zone]

  launch_template {
    id = module.nodes["all"].template_id
  }

  dynamic "tag" {
    for_each = { for key, value in local.tags : key => { tag = value } }

    content {
      key                 = tag.key
      value               = tag.value.tag
      propagate_at_launch = true
    }
  }
}

module "nodes" {
  source   = "./modules/nodes"
  for_each = toset(["all"])

  name      = "${var.name}-${each.key}"
  user_data = templatefile("${path.module}/user-data.yaml", { name = var.name, extra = local.data })
}
"""

ROOT_VARIABLES = """\
variable "name" {
  description = "Name of the cluster"
  type        = string

  validation {
    condition     = length(var.name) < 20
    error_message = "At most 20 characters."
  }
}

variable "tags" {
  description = "Tags of everything"
  type        = map(string)
  default     = {}

  validation {
    condition     = !contains(values(var.tags), "0.0.0.0/0")
    error_message = "Not the world."
  }
}

variable "enabled" {
  description = "Whether there are nodes"
  type        = bool
  default     = true
}
"""

ROOT_OUTPUTS = """\
output "address" {
  description = "The address"
  value       = aws_eip.this.public_ip
}

output "groups" {
  description = "The groups"
  value       = [for group in aws_autoscaling_group.this : group.arn]
}
"""

VERSIONS = """\
terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }
}
"""

README = """\
# Cluster

## Variables

| name | what | type | default |
| --- | --- | --- | --- |
| `name` | Name of the cluster | `string` | required |

### Optional

| name | what | type | default |
| --- | --- | --- | --- |
| `enabled` | Whether there are nodes | `bool` | `true` |

#### Others

| name | what |
| --- | --- |
| `tags` | Tags of everything |

## Outputs

| name | what |
| --- | --- |
| `address` | The address |
| `groups` | The groups |
"""

NODES_MAIN = """\
resource "aws_launch_template" "this" {
  name      = "${var.name}-${var.size.most}"
  user_data = base64encode(var.user_data)

  metadata_options {
    http_tokens = "required"
  }
}
"""

NODES_VARIABLES = """\
variable "name" {
  description = "Name of the template"
  type        = string

  validation {
    condition     = var.name != ""
    error_message = "Not empty."
  }
}

variable "size" {
  description = "How many"
  type        = object({ most = number, least = optional(number, 1) })
  default     = { most = 3 }

  validation {
    condition     = var.size.most > 0
    error_message = "More than none."
  }
}

variable "user_data" {
  description = "What instances do first"
  type        = string
  default     = ""

  validation {
    condition     = length(var.user_data) < 16384
    error_message = "At most 16 KB."
  }
}
"""

NODES_OUTPUTS = """\
output "template_id" {
  description = "The template"
  value       = aws_launch_template.this.id
}
"""

NODES_README = """\
# Nodes

## Inputs

| variable | type | default |
| --- | --- | --- |
| `name` | `string` | required |
| `size` | `object({ most, least })` | `{ most = 3 }` |
| `user_data` | `string` | `""` |

## Outputs

| output | what |
| --- | --- |
| `template_id` | The template |
"""

GOOD = {
    "main.tf": ROOT_MAIN,
    "variables.tf": ROOT_VARIABLES,
    "outputs.tf": ROOT_OUTPUTS,
    "versions.tf": VERSIONS,
    "README.md": README,
    "user-data.yaml": 'name: ${name}\n%{ if extra != "" ~}\nextra: $${extra} ${extra}\n%{ endif ~}\n',
    "modules/nodes/main.tf": NODES_MAIN,
    "modules/nodes/variables.tf": NODES_VARIABLES,
    "modules/nodes/outputs.tf": NODES_OUTPUTS,
    "modules/nodes/versions.tf": VERSIONS,
    "modules/nodes/README.md": NODES_README,
}


def changed(file, old, new):
    """The good tree with one text replaced, of which there must be just one; without `old`, `new` is the file."""
    if old is None:
        return GOOD | {file: new}
    if GOOD[file].count(old) != 1:
        raise ValueError(f"{old!r} is {GOOD[file].count(old)} times in {file}")
    return GOOD | {file: GOOD[file].replace(old, new)}


def with_secret(variable, output_attributes):
    """The good tree with one more variable, which an output shows."""
    output = f'\noutput "shown" {{\n  description = "The token"\n  value       = var.api_token{output_attributes}\n}}\n'
    readme = README.replace("| `enabled` |", "| `api_token` | Token | `string` |\n| `enabled` |") + "| `shown` | The token |\n"
    return GOOD | {"variables.tf": ROOT_VARIABLES + variable, "outputs.tf": ROOT_OUTPUTS + output, "README.md": readme}
