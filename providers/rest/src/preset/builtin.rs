//! The presets that are compiled in.

/// Their names and texts.
const BUILT_IN: [(&str, &str); 8] = [
    (
        "digitalocean",
        include_str!("../../presets/digitalocean.toml"),
    ),
    (
        "hetzner-cloud",
        include_str!("../../presets/hetzner-cloud.toml"),
    ),
    (
        "hetzner-robot",
        include_str!("../../presets/hetzner-robot.toml"),
    ),
    ("linode", include_str!("../../presets/linode.toml")),
    ("openstack", include_str!("../../presets/openstack.toml")),
    ("scaleway", include_str!("../../presets/scaleway.toml")),
    ("upcloud", include_str!("../../presets/upcloud.toml")),
    ("vultr", include_str!("../../presets/vultr.toml")),
];

/// The names of the presets that are built in.
#[must_use]
pub fn builtin_names() -> Vec<&'static str> {
    BUILT_IN.iter().map(|(name, _)| *name).collect()
}

/// The text of a preset that is built in: the best start for one of one's own.
#[must_use]
pub fn builtin_text(name: &str) -> Option<&'static str> {
    let found = BUILT_IN.iter().find(|(known, _)| *known == name);
    found.map(|(_, text)| *text)
}
