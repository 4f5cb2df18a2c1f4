//! The declarations of sys.rs against the header: a C program prints sizes, offsets and
//! constants as its compiler sees them.

use dirichlet::sys::*;
use std::mem::{size_of, MaybeUninit};
use std::process::Command;

/// Names with values as C sees them, one "name value" a line.
fn from_c() -> Vec<(String, usize)> {
    let directory = std::env::temp_dir().join(format!("dirichlet-layout-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let program = directory.join("layout");
    let flags = Command::new("pkg-config").args(["--cflags", "dirichlet"]).output().unwrap();
    let flags = String::from_utf8(flags.stdout).unwrap();
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/layout.c");
    let status = Command::new("cc")
        .args([source, "-o"])
        .arg(&program)
        .args(flags.split_whitespace())
        .status()
        .unwrap();
    assert!(status.success());
    let output = Command::new(&program).output().unwrap();
    std::fs::remove_dir_all(&directory).unwrap();
    let parse = |line: &str| {
        let (name, value) = line.rsplit_once(' ').unwrap();
        (name.to_string(), value.parse().unwrap())
    };
    String::from_utf8(output.stdout).unwrap().lines().map(parse).collect()
}

macro_rules! fields {
    ($list:ident, $kind:ident: $($field:ident)*) => {
        $list.push((stringify!($kind).to_string(), size_of::<$kind>()));
        $($list.push((
            concat!(stringify!($kind), ".", stringify!($field)).to_string(),
            {
                let whole = MaybeUninit::<$kind>::uninit();
                let start = whole.as_ptr();
                let field = unsafe { std::ptr::addr_of!((*start).$field) };
                field as usize - start as usize
            },
        ));)*
    };
}

macro_rules! constants {
    ($list:ident: $($name:ident)*) => {
        $($list.push((stringify!($name).to_string(), $name as usize));)*
    };
}

fn from_rust() -> Vec<(String, usize)> {
    let mut list = Vec::new();
    fields!(list, dirichlet_model_f64: struct_size inputs outputs max_samples max_directions
        forward jvp vjp energies product_norms user);
    fields!(list, dirichlet_estimator_options: struct_size method on_nonfinite probes seed
        first_sample population max_samples tolerance min_samples confidence step forward_noise
        workspace_bytes allocator progress progress_user);
    fields!(list, dirichlet_result: struct_size value standard_error standard_error_data
        standard_error_probes confidence lower upper samples skipped weight_sum min_energy
        max_energy products noise method exact stop_reason reserved);
    fields!(list, dirichlet_dense_layer_f64: struct_size inputs outputs weights output_stride
        input_stride bias bias_stride activation reserved activation_parameter);
    constants!(list: DIRICHLET_OK DIRICHLET_E_RANGE DIRICHLET_E_MISSING_CALLBACK
        DIRICHLET_E_CALLBACK DIRICHLET_MESSAGE_SIZE DIRICHLET_METHOD_AUTO DIRICHLET_METHOD_EXACT
        DIRICHLET_METHOD_RADEMACHER DIRICHLET_METHOD_SPHERE DIRICHLET_METHOD_GAUSSIAN
        DIRICHLET_METHOD_ORTHOGONAL DIRICHLET_METHOD_UNIT DIRICHLET_METHOD_HUTCHPP
        DIRICHLET_METHOD_FINITE_DIFFERENCE DIRICHLET_ACTIVATION_IDENTITY
        DIRICHLET_ACTIVATION_RELU DIRICHLET_ACTIVATION_TANH DIRICHLET_ACTIVATION_SIN);
    list
}

#[test]
fn declarations_are_those_of_the_header() {
    assert_eq!(from_rust(), from_c());
}
