output "security_group_id" {
  description = "Id of the security group. Whoever waits for it waits for its rules as well."
  value       = aws_security_group.this.id

  depends_on = [
    aws_vpc_security_group_egress_rule.peers,
    aws_vpc_security_group_egress_rule.web,
    aws_vpc_security_group_ingress_rule.peers,
  ]
}
