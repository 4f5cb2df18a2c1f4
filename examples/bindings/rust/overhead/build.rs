//! Compiles the calls in C after the installed headers.

use std::env;
use std::process::Command;

fn main() {
    for file in ["build.rs", "src/calls.c"] {
        println!("cargo:rerun-if-changed={file}");
    }
    for variable in ["CC", "PKG_CONFIG_PATH"] {
        println!("cargo:rerun-if-env-changed={variable}");
    }
    let folder = env::var("OUT_DIR").unwrap();
    let compiler = env::var("CC").unwrap_or_else(|_| "cc".into());
    let include = output_of("pkg-config", &["--variable=includedir", "dirichlet"]);
    // pkg-config puts a backslash before a space.
    let include = format!("-I{}", include.trim_end().replace('\\', ""));
    let (object, library) = (format!("{folder}/calls.o"), format!("{folder}/libcalls.a"));
    let strict = ["-std=c11", "-O2", "-fPIC", "-Wall", "-Wextra", "-Werror"];
    let files = [&include, "-c", "src/calls.c", "-o", &object];
    output_of(&compiler, &[&strict[..], &files].concat());
    output_of("ar", &["crs", &library, &object]);
    println!("cargo:rustc-link-search=native={folder}");
    println!("cargo:rustc-link-lib=static=calls");
}

fn output_of(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let output = output.unwrap_or_else(|error| panic!("{program} cannot be run: {error}"));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
