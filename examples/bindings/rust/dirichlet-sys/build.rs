//! Links the installed libdirichlet, which pkg-config finds: the shared library, or the static
//! one where the environment has DIRICHLET_STATIC=1.

use std::env;
use std::process::Command;

const LIBRARY: &str = "dirichlet >= 0.2";

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    for variable in [
        "DIRICHLET_STATIC",
        "PKG_CONFIG",
        "PKG_CONFIG_PATH",
        "PKG_CONFIG_LIBDIR",
        "PKG_CONFIG_SYSROOT_DIR",
    ] {
        println!("cargo:rerun-if-env-changed={variable}");
    }
    let is_static = env::var("DIRICHLET_STATIC").map_or(false, |value| value == "1");
    let arguments: &[&str] = if is_static { &["--static", "--libs"] } else { &["--libs"] };
    for word in words(&pkg_config(arguments)) {
        if let Some(folder) = word.strip_prefix("-L") {
            println!("cargo:rustc-link-search=native={folder}");
        } else if let Some(library) = word.strip_prefix("-l") {
            let kind = if is_static && library == "dirichlet" { "static=" } else { "" };
            println!("cargo:rustc-link-lib={kind}{library}");
        }
    }
    if is_static {
        // pkg-config leaves out the system's own folders, and rustc looks for a static
        // library only in those that it is told.
        let folder = pkg_config(&["--variable=libdir"]);
        println!("cargo:rustc-link-search=native={}", words(&folder).concat());
    }
}

fn pkg_config(arguments: &[&str]) -> String {
    let program = env::var("PKG_CONFIG").unwrap_or_else(|_| "pkg-config".into());
    let output = Command::new(&program)
        .args(arguments)
        .arg(LIBRARY)
        .output()
        .unwrap_or_else(|error| panic!("{program} cannot be run: {error}"));
    if !output.status.success() {
        panic!("{}", String::from_utf8_lossy(&output.stderr));
    }
    String::from_utf8(output.stdout).expect("pkg-config writes UTF-8")
}

/// The words of a line in which pkg-config has put a backslash before every space
/// that belongs to a word.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => words.last_mut().unwrap().extend(letters.next()),
            _ if letter.is_whitespace() => words.push(String::new()),
            _ => words.last_mut().unwrap().push(letter),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}
