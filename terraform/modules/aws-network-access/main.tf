################################################################################
# Security group: the nodes reach each other's port, and nobody else does
################################################################################

resource "aws_security_group" "this" {
  name_prefix = "les-${var.name}-"
  description = "Nodes of the les cluster ${var.name}"
  vpc_id      = var.vpc_id
  tags        = { Name = "les-${var.name}", les = var.name }

  lifecycle {
    # A group that is in use cannot be deleted: the new one first.
    create_before_destroy = true
  }
}

# The nodes speak plain HTTP without authentication: the port is open to this group and to nothing else.
resource "aws_vpc_security_group_ingress_rule" "peers" {
  security_group_id            = aws_security_group.this.id
  description                  = "les: nodes of this cluster"
  referenced_security_group_id = aws_security_group.this.id
  ip_protocol                  = "tcp"
  from_port                    = var.port
  to_port                      = var.port
  tags                         = { Name = "les-${var.name}-peers" }
}

resource "aws_vpc_security_group_egress_rule" "peers" {
  security_group_id            = aws_security_group.this.id
  description                  = "les: nodes of this cluster"
  referenced_security_group_id = aws_security_group.this.id
  ip_protocol                  = "tcp"
  from_port                    = var.port
  to_port                      = var.port
  tags                         = { Name = "les-${var.name}-peers" }
}

################################################################################
# The way out. Amazon's resolver, clock and metadata service need no rule
################################################################################

locals {
  # By what is written, not by its place in the list: taking one away leaves the others alone.
  egress = {
    for pair in setproduct([80, 443], var.egress_cidr_blocks) : "${pair[0]} ${pair[1]}" => { port = pair[0], block = pair[1] }
  }
}

resource "aws_vpc_security_group_egress_rule" "web" {
  for_each = local.egress

  security_group_id = aws_security_group.this.id
  description       = each.value.port == 443 ? "HTTPS: EC2's API and the package" : "HTTP: the distribution's mirrors"
  cidr_ipv4         = strcontains(each.value.block, ":") ? null : each.value.block
  cidr_ipv6         = strcontains(each.value.block, ":") ? each.value.block : null
  ip_protocol       = "tcp"
  from_port         = each.value.port
  to_port           = each.value.port
  tags              = { Name = "les-${var.name}-out-${each.value.port}" }
}
