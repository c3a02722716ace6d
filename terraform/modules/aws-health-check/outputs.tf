output "target_group_arn" {
  description = "ARN of the target group, for `target_group_arns` of the cluster."
  value       = aws_lb_target_group.this.arn

  # Nothing is checked, and no check arrives, before these are there.
  depends_on = [
    aws_lb_listener.this,
    aws_vpc_security_group_egress_rule.nodes,
    aws_vpc_security_group_ingress_rule.nodes,
  ]
}
