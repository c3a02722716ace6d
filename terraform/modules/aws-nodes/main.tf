################################################################################
# Launch template
################################################################################

# Only for the name of the root device: one that is wrong would add a volume, and leave the root unencrypted.
data "aws_ami" "this" {
  filter {
    name   = "image-id"
    values = [var.ami_id]
  }
}

locals {
  tags = { Name = "les-${var.name}", les = var.name }
}

resource "aws_launch_template" "this" {
  name_prefix            = "les-${var.name}-"
  description            = "Nodes of the les cluster ${var.name}"
  image_id               = var.ami_id
  instance_type          = var.instance_type
  vpc_security_group_ids = var.security_group_ids
  user_data              = base64encode(var.user_data)
  tags                   = local.tags

  iam_instance_profile {
    arn = var.instance_profile_arn
  }

  # IMDSv2 only, and not from a container: its answers carry the role's credentials.
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
    instance_metadata_tags      = "disabled"
  }

  block_device_mappings {
    device_name = data.aws_ami.this.root_device_name

    ebs {
      encrypted             = true
      volume_type           = "gp3"
      delete_on_termination = true
    }
  }

  # The instances' tag is how the nodes find each other. Interfaces do not inherit it: the policies for other kinds of addresses ask for it there.
  dynamic "tag_specifications" {
    for_each = toset(["instance", "network-interface", "volume"])

    content {
      resource_type = tag_specifications.value
      tags          = local.tags
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

################################################################################
# Auto Scaling group
################################################################################

resource "aws_autoscaling_group" "this" {
  name_prefix         = "les-${var.name}-"
  vpc_zone_identifier = var.subnet_ids
  min_size            = var.node_count
  desired_capacity    = var.node_count
  # One more while an instance is being replaced: the new one comes first.
  max_size = var.node_count + 1

  health_check_type         = length(var.target_group_arns) > 0 ? "ELB" : "EC2"
  health_check_grace_period = var.health_check_grace_period
  target_group_arns         = var.target_group_arns

  # The youngest are the least senior: when the group shrinks, the address stays where it is.
  termination_policies = ["OldestLaunchTemplate", "NewestInstance"]

  launch_template {
    id      = aws_launch_template.this.id
    version = aws_launch_template.this.latest_version
  }

  # A new version of the template replaces the instances, one at a time: a new one boots, joins, and then an old one is shut down. Its systemd
  # sends SIGTERM to les, and a leader hands over before it exits; EC2 waits for that (20 s at most), so no lifecycle hook is needed.
  instance_refresh {
    strategy = "Rolling"

    preferences {
      min_healthy_percentage = 100
      max_healthy_percentage = 110 # of at most nine: one more
      instance_warmup        = var.instance_warmup
      skip_matching          = true
      # No auto_rollback: the provider sets the new template first, so that would be what it rolls back to (its issue 34189).
    }
  }

  # The same tags as the template's: the group's win, also for instances that are attached by hand.
  dynamic "tag" {
    for_each = local.tags

    content {
      key                 = tag.key
      value               = tag.value
      propagate_at_launch = true
    }
  }

  lifecycle {
    # Old and new nodes are members of one cluster while one group replaces another.
    create_before_destroy = true
  }
}
