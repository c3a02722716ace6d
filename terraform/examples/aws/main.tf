provider "aws" {
  region = var.region
}

################################################################################
# Network: one public subnet a zone, with IPv6
################################################################################

data "aws_availability_zones" "this" {
  state = "available"

  # No local zones: they have network border groups of their own, which an Elastic IP cannot leave.
  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

locals {
  zones = slice(data.aws_availability_zones.this.names, 0, min(3, length(data.aws_availability_zones.this.names)))
  tags  = { Name = "les-${var.name}" }
}

resource "aws_vpc" "this" {
  cidr_block                       = var.vpc_cidr_block
  assign_generated_ipv6_cidr_block = true
  enable_dns_hostnames             = true
  enable_dns_support               = true
  tags                             = local.tags
}

# Without rules: whoever forgets a security group gets one that lets nothing through.
resource "aws_default_security_group" "this" {
  vpc_id = aws_vpc.this.id
  tags   = { Name = "les-${var.name}-closed" }
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id
  tags   = local.tags
}

resource "aws_route_table" "this" {
  vpc_id = aws_vpc.this.id
  tags   = local.tags
}

# Packets to the Elastic IP come by the internet gateway, so the nodes are in public subnets.
resource "aws_route" "ipv4" {
  route_table_id         = aws_route_table.this.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this.id
}

resource "aws_route" "ipv6" {
  route_table_id              = aws_route_table.this.id
  destination_ipv6_cidr_block = "::/0"
  gateway_id                  = aws_internet_gateway.this.id
}

resource "aws_subnet" "this" {
  for_each = { for number, zone in local.zones : zone => number }

  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = cidrsubnet(var.vpc_cidr_block, 4, each.value)
  ipv6_cidr_block   = cidrsubnet(aws_vpc.this.ipv6_cidr_block, 8, each.value)
  # For the first boot, which fetches the package. A leader loses it when the Elastic IP goes to another node, hence IPv6: it stays, and is the
  # way to EC2's API by which the node can take over again.
  map_public_ip_on_launch         = true
  assign_ipv6_address_on_creation = true
  tags                            = { Name = "les-${var.name}-${each.key}" }
}

resource "aws_route_table_association" "this" {
  for_each = aws_subnet.this

  subnet_id      = each.value.id
  route_table_id = aws_route_table.this.id
}

################################################################################
# The service behind the address
################################################################################

resource "aws_security_group" "service" {
  name_prefix = "les-${var.name}-service-"
  description = "The service behind the shared address of ${var.name}"
  vpc_id      = aws_vpc.this.id
  tags        = { Name = "les-${var.name}-service" }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "service" {
  for_each = toset(var.service_cidr_blocks)

  security_group_id = aws_security_group.service.id
  description       = "The service's clients"
  cidr_ipv4         = each.value
  ip_protocol       = "tcp"
  from_port         = var.service_port
  to_port           = var.service_port
  tags              = { Name = "les-${var.name}-service" }
}

################################################################################
# The cluster
################################################################################

module "les" {
  source = "../.."

  name               = var.name
  vpc_id             = aws_vpc.this.id
  subnet_ids         = [for subnet in aws_subnet.this : subnet.id]
  egress_cidr_blocks = ["0.0.0.0/0", "::/0"]
  package            = var.package
  ami_id             = var.ami_id
  instance_type      = var.instance_type
  node_count         = var.node_count
  security_group_ids = [aws_security_group.service.id]
  target_group_arns  = [module.health_check.target_group_arn]

  # EC2's API by IPv6, see above.
  environment = { AWS_USE_DUALSTACK_ENDPOINT = "true" }
}

# An instance whose les does not answer is replaced, and an instance refresh goes on only after the new one's les has answered.
module "health_check" {
  source = "../../modules/aws-health-check"

  name                   = var.name
  vpc_id                 = aws_vpc.this.id
  subnet_ids             = [for subnet in aws_subnet.this : subnet.id]
  node_security_group_id = module.les.security_group_id
}
