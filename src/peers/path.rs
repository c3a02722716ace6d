//! What a node asks its peers for: paths that say who asks.

use les_core::Addr;

/// `/<endpoint>/<own address>`. The grammar of an address leaves only the brackets of IPv6 to be escaped in a path, and those are commonly
/// sent as they are.
pub(super) fn own_path(endpoint: &str, me: &Addr) -> String {
    let me = me.as_str().replace('[', "%5B").replace(']', "%5D");
    format!("/{endpoint}/{me}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_name_is_escaped() {
        let me = "[2001:db8::1]:4000".parse().unwrap();
        assert_eq!(own_path("watch", &me), "/watch/%5B2001:db8::1%5D:4000");
    }
}
