//! The environment, files and systemd's directory.

use les_provider::Provider;

use crate::acme::{Acme, Client, TOKEN, address, chain};
use crate::folder::Folder;

/// The token that the cloud receives in this environment, or why there is none.
async fn used(environment: &[(&str, &str)]) -> Result<String, String> {
    let acme = Acme::new().await;
    let built = Client::new(&acme, &[]).given(environment).build();
    let provider = built.map_err(|error| chain(&error))?;
    provider.observe(&address()).await.expect("it works");
    let header = acme.server.received()[0].header("authorization").to_owned();
    Ok(header.strip_prefix("Bearer ").expect("a bearer").to_owned())
}

#[tokio::test]
async fn a_credential_is_in_the_environment_in_a_file_or_in_systemds_directory() {
    let folder = Folder::new();
    let file = folder.write("token", " from-a-file\r\n");
    folder.write("ACME_TOKEN", "from-systemd\n");
    let directory = ("CREDENTIALS_DIRECTORY", folder.text());
    assert_eq!(
        used(&[("ACME_TOKEN", " from-env\n")]).await.unwrap(),
        "from-env"
    );
    assert_eq!(
        used(&[("ACME_TOKEN_FILE", &file)]).await.unwrap(),
        "from-a-file"
    );
    assert_eq!(used(&[directory]).await.unwrap(), "from-systemd");
    assert_eq!(
        used(&[directory, ("ACME_TOKEN_FILE", &file)])
            .await
            .unwrap(),
        "from-a-file"
    );
    assert_eq!(
        used(&[directory, ("ACME_TOKEN", TOKEN)]).await.unwrap(),
        TOKEN
    );
    assert_eq!(
        used(&[("ACME_TOKEN", ""), ("ACME_TOKEN_FILE", &file)])
            .await
            .unwrap(),
        "from-a-file"
    );
}

#[tokio::test]
async fn a_credential_that_is_given_twice_or_not_at_all_is_told() {
    let folder = Folder::new();
    let file = folder.write("token", "5ecre7-a");
    let text = used(&[("ACME_TOKEN", "5ecre7-b"), ("ACME_TOKEN_FILE", &file)])
        .await
        .unwrap_err();
    assert!(
        text.contains("both ACME_TOKEN and ACME_TOKEN_FILE are set"),
        "{text}"
    );
    assert!(!text.contains("5ecre7"), "{text}");
    for nothing in [
        &[][..],
        &[("ACME_TOKEN", "  ")],
        &[("CREDENTIALS_DIRECTORY", folder.text())],
    ] {
        let text = used(nothing).await.unwrap_err();
        assert!(
            text.contains("no credentials: set ACME_TOKEN (or, for each, its name with _FILE"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_used_is_told_with_its_path_and_never_with_its_text() {
    let folder = Folder::new();
    let missing = folder.path("missing").display().to_string();
    let huge = folder.write("huge", "5ecre7".repeat(20_000));
    let not_text = folder.write("not-text", b"5ecre7\xff\xfe");
    for (path, told) in [
        (missing.as_str(), "No such file"),
        (folder.text(), "regular file"),
        ("/dev/zero", "regular file"),
        (&huge, "more than 65536 bytes"),
        (&not_text, "UTF-8"),
    ] {
        let text = used(&[("ACME_TOKEN_FILE", path)]).await.unwrap_err();
        assert!(
            text.contains(&format!("ACME_TOKEN: the file {path} cannot be read")),
            "{text}"
        );
        assert!(text.contains(told) && !text.contains("5ecre7"), "{text}");
    }
    for odd in [
        "",
        " \n",
        "5ecre7\nand another line",
        "5ecre7 with spaces",
        "5ecre7-é",
        "5ecre7\u{0}",
    ] {
        let path = folder.write("odd", odd);
        let text = used(&[("ACME_TOKEN_FILE", &path)]).await.unwrap_err();
        assert!(
            text.contains("ACME_TOKEN does not hold a credential"),
            "{odd:?}: {text}"
        );
        assert!(!text.contains("5ecre7"), "{text}");
    }
}

#[tokio::test]
async fn passwords_may_have_spaces_and_any_letters_but_one_line() {
    let basic = [(
        "auth",
        "[[auth]]\nkind = 'basic'\ncredentials.user = ['ACME_USER']\ncredentials.password = ['ACME_PASSWORD']",
    )];
    let acme = Acme::new().await;
    let with = |password| {
        Client::new(&acme, &basic).given(&[("ACME_USER", "me"), ("ACME_PASSWORD", password)])
    };
    with("pass wörd")
        .provider()
        .observe(&address())
        .await
        .unwrap();
    assert_eq!(
        acme.server.received()[0].header("authorization"),
        "Basic bWU6cGFzcyB3w7ZyZA=="
    );
    let text = with("5ecre7\nline").build().unwrap_err().to_string();
    assert!(
        text.contains("ACME_PASSWORD does not hold a credential") && !text.contains("5ecre7"),
        "{text}"
    );
}
