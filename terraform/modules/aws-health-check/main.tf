################################################################################
# Security group of the load balancer: it may look at the nodes, and nobody may send anything through it
################################################################################

resource "aws_security_group" "this" {
  name_prefix = "les-${var.name}-health-"
  description = "Health checks of the les cluster ${var.name}"
  vpc_id      = var.vpc_id
  tags        = { Name = "les-${var.name}-health" }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_egress_rule" "nodes" {
  security_group_id            = aws_security_group.this.id
  description                  = "les: health checks of the nodes"
  referenced_security_group_id = var.node_security_group_id
  ip_protocol                  = "tcp"
  from_port                    = var.port
  to_port                      = var.port
  tags                         = { Name = "les-${var.name}-health" }
}

resource "aws_vpc_security_group_ingress_rule" "nodes" {
  security_group_id            = var.node_security_group_id
  description                  = "les: health checks of the load balancer"
  referenced_security_group_id = aws_security_group.this.id
  ip_protocol                  = "tcp"
  from_port                    = var.port
  to_port                      = var.port
  tags                         = { Name = "les-${var.name}-health" }
}

################################################################################
# Target group. One that no load balancer uses is not checked: hence an internal one
################################################################################

resource "aws_lb_target_group" "this" {
  name_prefix = "les-" # six characters at most
  vpc_id      = var.vpc_id
  target_type = "instance"
  protocol    = "TCP"
  port        = var.port
  # No client comes this way: there is nothing to drain.
  deregistration_delay = 0
  tags                 = { Name = "les-${var.name}" }

  health_check {
    protocol            = "HTTP"
    path                = "/diag/"
    port                = "traffic-port"
    matcher             = "200"
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_lb" "this" {
  name_prefix        = "les-"
  internal           = true
  load_balancer_type = "network"
  security_groups    = [aws_security_group.this.id]
  subnets            = var.subnet_ids
  # Each zone's checker sees all nodes.
  enable_cross_zone_load_balancing = true
  tags                             = { Name = "les-${var.name}" }
}

resource "aws_lb_listener" "this" {
  load_balancer_arn = aws_lb.this.arn
  protocol          = "TCP"
  port              = var.port
  tags              = { Name = "les-${var.name}" }

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this.arn
  }
}
