use super::*;

/// A folder of the test's own.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("les-socket-{:016x}", fastrand::u64(..)));
        fs::create_dir(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[tokio::test]
async fn only_its_owner_may_open_it_and_it_goes_with_the_process() {
    let folder = Folder::new();
    let path = folder.0.join("admin.sock");
    let socket = AdminSocket::bind(&path).unwrap();
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    tokio::net::UnixStream::connect(&path).await.unwrap();
    drop(socket);
    assert!(!path.exists());
}

#[tokio::test]
async fn what_a_dead_process_left_is_replaced_and_a_live_one_is_named() {
    let folder = Folder::new();
    let path = folder.0.join("admin.sock");
    // std leaves the file behind when a listener is dropped, as a killed process does.
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    let socket = AdminSocket::bind(&path).unwrap();
    assert!(matches!(AdminSocket::bind(&path), Err(SocketError::InUse)));
    tokio::net::UnixStream::connect(&path).await.unwrap();
    drop(socket);
}

#[tokio::test]
async fn what_another_process_has_put_there_stays() {
    let folder = Folder::new();
    let path = folder.0.join("admin.sock");
    let old = AdminSocket::bind(&path).unwrap();
    fs::rename(&path, folder.0.join("moved")).unwrap();
    let new = AdminSocket::bind(&path).unwrap();
    drop(old);
    assert!(path.exists());
    drop(new);
}

#[tokio::test]
async fn problems_are_told_apart() {
    let folder = Folder::new();
    let file = folder.0.join("file");
    fs::write(&file, "precious").unwrap();
    assert!(matches!(
        AdminSocket::bind(&file),
        Err(SocketError::NotASocket)
    ));
    assert_eq!(fs::read_to_string(&file).unwrap(), "precious");
    let missing = folder.0.join("missing").join("admin.sock");
    assert!(matches!(
        AdminSocket::bind(&missing),
        Err(SocketError::NoFolder)
    ));
    let long = folder.0.join("x".repeat(MAX_SOCKET_PATH));
    assert!(matches!(
        AdminSocket::bind(&long),
        Err(SocketError::TooLong { .. })
    ));
    let room = MAX_SOCKET_PATH - folder.0.as_os_str().len() - 1;
    AdminSocket::bind(&folder.0.join("x".repeat(room))).unwrap();
}
