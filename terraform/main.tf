################################################################################
# Elastic IP
################################################################################

# Nothing here associates it: les moves it, and Terraform would move it back. It has no prevent_destroy, which a caller could not lift again:
# `terraform destroy` would fail for ever. No argument of this resource can change so that the address were replaced; only a destroy releases it.
resource "aws_eip" "this" {
  domain = "vpc"
  # `les` is what the role's policy asks for.
  tags = { Name = "les-${var.name}", les = var.name }

  lifecycle {
    # Who holds it is les's to say.
    ignore_changes = [associate_with_private_ip, instance, network_interface]
  }
}

################################################################################
# What the nodes may do, and who may reach them
################################################################################

module "permissions" {
  source = "./modules/aws-permissions"

  name = var.name
}

module "network_access" {
  source = "./modules/aws-network-access"

  name               = var.name
  vpc_id             = var.vpc_id
  port               = var.port
  egress_cidr_blocks = var.egress_cidr_blocks
}

################################################################################
# Nodes
################################################################################

module "user_data" {
  source = "./modules/user-data"

  provider_kind = "aws"
  discovery     = ["aws:tag:les=${var.name}"]
  addresses     = [aws_eip.this.allocation_id]
  port          = var.port
  environment   = var.environment
  package       = var.package
}

module "nodes" {
  source = "./modules/aws-nodes"

  name                      = var.name
  ami_id                    = var.ami_id
  instance_type             = var.instance_type
  security_group_ids        = concat([module.network_access.security_group_id], var.security_group_ids)
  user_data                 = module.user_data.user_data
  instance_profile_arn      = module.permissions.instance_profile_arn
  subnet_ids                = var.subnet_ids
  node_count                = var.node_count
  health_check_grace_period = var.health_check_grace_period
  target_group_arns         = var.target_group_arns
  instance_warmup           = var.instance_warmup
}
