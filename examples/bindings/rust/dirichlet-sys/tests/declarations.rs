//! `src/` against the installed headers. Its text is translated to C and compiled
//! after them, so that the C compiler compares every constant, every type of a field
//! and every parameter; sizes and offsets are compared with those that Rust has; and
//! the names of both are the same.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fmt::Write;
use std::mem::{size_of, MaybeUninit};
use std::path::Path;
use std::process::Command;
use std::ptr::addr_of;
use std::{env, fs};

use dirichlet_sys::*;

/// What `T` stands for: the end of the C name and the C type.
const PRECISIONS: [(&str, &str); 2] = [("_f64", "double"), ("_f32", "float")];
type Precision = (&'static str, &'static str);

/// A C translation of declarations of Rust.
#[derive(Default)]
struct Translation {
    names: BTreeSet<String>,
    declarations: String,
    /// Statements that print "struct size" and "struct.field offset".
    layout: String,
}

impl Translation {
    fn of(text: &str) -> Self {
        let code: String = text
            .lines()
            .map(str::trim)
            .filter(|line| {
                !["//", "#", "use ", "pub use ", "mod "].iter().any(|start| line.starts_with(start))
            })
            .flat_map(|line| [line, " "])
            .collect();
        let code = code.replace("->", "→").replace("unsafe extern \"C\" ", "");
        let code = code.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut translation = Self::default();
        let mut rest = code.as_str();
        while let Some((_, item)) = rest.split_once("pub ") {
            let end = if item.starts_with("struct") { '}' } else { ';' };
            let (item, after) = item.split_once(end).unwrap();
            let precisions = if item.contains("<T>") { 2 } else { 1 };
            for precision in &PRECISIONS[..precisions] {
                translation.add(item, *precision);
            }
            rest = after;
        }
        translation
    }

    fn add(&mut self, item: &str, precision: Precision) {
        let (keyword, item) = item.split_once(' ').unwrap();
        let end = item.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap();
        let generic = if item[end..].starts_with("<T>") { "<T>" } else { "" };
        let name = base(&format!("{}{generic}", &item[..end]), precision);
        let body = item[end + generic.len()..].trim_start_matches([':', '=', ' ', '{']);
        let c = &mut self.declarations;
        match keyword {
            "const" => {
                let (_, value) = body.split_once("= ").unwrap();
                writeln!(c, "_Static_assert({name} == ({value}), \"{name}\");")
            }
            "type" => writeln!(c, "typedef {};", declare(body, &name, precision)),
            "fn" => writeln!(c, "{};", declare(&format!("fn{body}"), &name, precision)),
            "struct" if body.starts_with("_private") => {
                writeln!(c, "typedef struct {name} {name};")
            }
            "struct" => self.add_struct(&name, body, precision),
            _ => panic!("{keyword} {item}"),
        }
        .unwrap();
        self.names.insert(name);
    }

    fn add_struct(&mut self, name: &str, body: &str, precision: Precision) -> std::fmt::Result {
        writeln!(self.declarations, "void check_{name}({name} *s);")?;
        writeln!(self.declarations, "void check_{name}({name} *s)\n{{")?;
        writeln!(self.layout, "printf(\"{name} %zu\\n\", sizeof({name}));")?;
        for field in body.split("pub ").filter(|field| !field.is_empty()) {
            let (field, kind) = field.split_once(": ").unwrap();
            let pointer = declare(kind.trim_end_matches([' ', ',']), "*p", precision);
            writeln!(self.declarations, "    {{ {pointer} = &s->{field}; (void)p; }}")?;
            writeln!(self.layout, "printf(\"{name}.{field} %zu\\n\", offsetof({name}, {field}));")?;
        }
        writeln!(self.declarations, "}}")
    }

    fn program(&self) -> String {
        format!(
            "#include <dirichlet/dirichlet.h>\n#include <stdio.h>\n{}\nint main(void)\n{{\n{}}}\n",
            self.declarations, self.layout
        )
    }
}

/// The C declaration of `name` as of a type of Rust.
fn declare(kind: &str, name: &str, precision: Precision) -> String {
    if let Some(target) = kind.strip_prefix("*const ") {
        assert!(!target.starts_with('*'), "a pointer to a constant pointer");
        return format!("const {}", declare(target, &format!("*{name}"), precision));
    }
    if let Some(target) = kind.strip_prefix("*mut ") {
        return declare(target, &format!("*{name}"), precision);
    }
    if let Some(array) = kind.strip_prefix('[') {
        let (element, length) = array.strip_suffix(']').unwrap().split_once("; ").unwrap();
        return declare(element, &format!("({name})[{length}]"), precision);
    }
    if let Some(function) = kind.strip_prefix("Option<") {
        let function = function.trim_end_matches([' ', ',']).strip_suffix('>').unwrap();
        return declare(function.trim(), &format!("(*{name})"), precision);
    }
    if let Some(function) = kind.strip_prefix("fn(") {
        let (parameters, result) = function.rsplit_once(')').unwrap();
        let parameters: Vec<String> = parameters
            .split(',')
            .filter_map(|parameter| parameter.trim().split_once(": "))
            .map(|(parameter, kind)| declare(kind, parameter, precision))
            .collect();
        let parameters = if parameters.is_empty() { "void".into() } else { parameters.join(", ") };
        let result = result.trim_start_matches([' ', '→']).trim_end_matches([' ', ',']);
        let result = if result.is_empty() { "c_void" } else { result };
        return declare(result, &format!("{name}({parameters})"), precision);
    }
    format!("{} {name}", base(kind, precision))
}

fn base(kind: &str, (suffix, real): Precision) -> String {
    match kind {
        "i32" => "int32_t".into(),
        "i64" => "int64_t".into(),
        "u64" => "uint64_t".into(),
        "usize" => "size_t".into(),
        "f64" => "double".into(),
        "f32" => "float".into(),
        "c_char" => "char".into(),
        "c_void" => "void".into(),
        "T" => real.into(),
        _ => {
            let name = kind.replace("<T>", suffix).replace("<f64>", "_f64");
            let name = name.replace("<f32>", "_f32");
            assert!(name.starts_with("dirichlet_") || name.starts_with("DIRICHLET_"), "{kind}");
            name
        }
    }
}

fn output_of(program: impl AsRef<std::ffi::OsStr>, arguments: &[&str]) -> String {
    let output = Command::new(&program).args(arguments).output().expect("a program that runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{:?} {arguments:?}\n{errors}", program.as_ref());
    String::from_utf8(output.stdout).unwrap()
}

/// Where the headers are: in `dirichlet` below it.
fn include_directory() -> String {
    let directory = output_of("pkg-config", &["--variable=includedir", "dirichlet"]);
    // pkg-config puts a backslash before a space.
    directory.trim_end().replace('\\', "")
}

/// Every name of the library in the code of the headers, comments left out. `mpi.h` and
/// `runner.h` declare nothing that the library has, `export.h` and `sizes.h` have macros alone.
fn names_of_headers() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for file in fs::read_dir(Path::new(&include_directory()).join("dirichlet")).unwrap() {
        let path = file.unwrap().path();
        let declares =
            !["mpi.h", "runner.h", "export.h", "sizes.h"].iter().any(|name| path.ends_with(name));
        if path.extension() != Some(OsStr::new("h")) || !declares {
            continue; // as those of C++
        }
        let text = fs::read_to_string(path).unwrap();
        for (i, part) in text.split("/*").enumerate() {
            let code = if i == 0 { part } else { part.split_once("*/").unwrap().1 };
            let words = code.split(|c: char| !c.is_alphanumeric() && c != '_');
            names.extend(words.filter(|word| is_public(word)).map(String::from));
        }
    }
    names
}

/// Macros that stand before a declaration, or that take arguments.
const MACROS: [&str; 3] = ["DIRICHLET_API", "DIRICHLET_CALL", "DIRICHLET_VERSION_AT_LEAST"];

fn is_public(word: &str) -> bool {
    let ours = word.starts_with("dirichlet_") || word.starts_with("DIRICHLET_");
    ours && !word.ends_with("_H") && !MACROS.contains(&word)
}

macro_rules! layout {
    ($lines:ident, $name:expr, $kind:ty: $($field:ident)*) => {
        let (name, whole) = ($name, MaybeUninit::<$kind>::uninit());
        let start = whole.as_ptr();
        $lines.insert(format!("{name} {}", size_of::<$kind>()));
        $(
            // SAFETY: the address of a field within one object; nothing is read.
            let offset = unsafe { addr_of!((*start).$field) as usize } - start as usize;
            $lines.insert(format!("{name}.{} {offset}", stringify!($field)));
        )*
    };
}

fn layout_of_precision<T>(lines: &mut BTreeSet<String>, suffix: &str) {
    layout!(lines, format!("dirichlet_batch{suffix}"), dirichlet_batch<T>:
        struct_size samples row_stride x weights indices groups energies deviations);
    layout!(lines, format!("dirichlet_dense_layer{suffix}"), dirichlet_dense_layer<T>:
        struct_size inputs outputs weights output_stride input_stride bias bias_stride activation
        parameter_given activation_parameter activation_second input_scale output_scale
        negative_slopes negative_slope_stride kink reserved_too);
    layout!(lines, format!("dirichlet_dense_gradient{suffix}"), dirichlet_dense_gradient<T>:
        struct_size weights output_stride input_stride bias bias_stride);
    layout!(lines, format!("dirichlet_dense_tangent{suffix}"), dirichlet_dense_tangent<T>:
        struct_size weights output_stride input_stride bias bias_stride);
    layout!(lines, format!("dirichlet_loss{suffix}"), dirichlet_loss<T>:
        struct_size kind concurrent labels targets function curvature user);
    layout!(lines, format!("dirichlet_model{suffix}"), dirichlet_model<T>:
        struct_size inputs outputs max_samples max_directions ignores_first concurrent forward jvp
        vjp energies product_norms parameter_vjp prepare retain release user);
    layout!(lines, format!("dirichlet_parameter{suffix}"), dirichlet_parameter<T>:
        struct_size values gradient rows columns row_stride column_stride gradient_row_stride
        gradient_column_stride bias reserved);
    layout!(lines, format!("dirichlet_singular{suffix}"), dirichlet_singular<T>:
        struct_size vector sigma residual);
    layout!(lines, format!("dirichlet_objective{suffix}"), dirichlet_objective<T>:
        struct_size user parameters gradient hvp);
}

fn layout_of_rust() -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    layout_of_precision::<f64>(&mut lines, "_f64");
    layout_of_precision::<f32>(&mut lines, "_f32");
    layout!(lines, "dirichlet_check_finding", dirichlet_check_finding:
        struct_size item callback holds callback_code sample found allowed text);
    layout!(lines, "dirichlet_check_options", dirichlet_check_options:
        struct_size seed first_sample forward_noise parameter_count allocator parameters gradient
        reserved);
    layout!(lines, "dirichlet_check_report", dirichlet_check_report:
        struct_size capacity count failed calls findings reserved);
    layout!(lines, "dirichlet_dense_options", dirichlet_dense_options:
        struct_size workspace_bytes layers allocator parallel);
    layout!(lines, "dirichlet_dense_penalty_options", dirichlet_dense_penalty_options:
        struct_size probes seed first_sample method reserved);
    layout!(lines, "dirichlet_dense_transfer_options", dirichlet_dense_transfer_options:
        struct_size progress progress_user);
    layout!(lines, "dirichlet_dense_transfer_result", dirichlet_dense_transfer_result:
        struct_size samples input_side parameter_side factors ratios);
    layout!(lines, "dirichlet_dense_lipschitz", dirichlet_dense_lipschitz:
        struct_size upper_bound converged reserved);
    layout!(lines, "dirichlet_dense_description", dirichlet_dense_description:
        struct_size inputs outputs layers weights biases workspace_bytes least_workspace_bytes);
    layout!(lines, "dirichlet_dense_plan", dirichlet_dense_plan:
        struct_size samples pivot rows upper_end lower_end sum norms sample_flops call_flops bytes
        direct_samples gradient reserved);
    layout!(lines, "dirichlet_estimator_options", dirichlet_estimator_options:
        struct_size method on_nonfinite probes seed first_sample population max_samples tolerance
        min_samples confidence step forward_noise groups workspace_bytes allocator parallel progress
        progress_user reserved);
    layout!(lines, "dirichlet_result", dirichlet_result:
        struct_size value standard_error standard_error_data standard_error_probes confidence lower
        upper samples skipped weight_sum min_energy max_energy products noise method exact
        stop_reason reserved standard_error_differences step_error forward_noise min_step max_step);
    layout!(lines, "dirichlet_estimator_description", dirichlet_estimator_description:
        struct_size inputs outputs products_per_sample directions first_sample next_sample
        population groups workspace_bytes tile_samples seed confidence step forward_noise method
        element_size exact has_model state_format errors_unknown);
    layout!(lines, "dirichlet_flatness", dirichlet_flatness:
        struct_size loss squared_gradient_norm implicit_regularizer exact reserved);
    layout!(lines, "dirichlet_parallel", dirichlet_parallel: struct_size lanes parallel_for user);
    layout!(lines, "dirichlet_penalty_result", dirichlet_penalty_result:
        struct_size value standard_error noise samples products exact reserved);
    layout!(lines, "dirichlet_progress", dirichlet_progress:
        struct_size samples total skipped products value standard_error);
    layout!(lines, "dirichlet_initialization_options", dirichlet_initialization_options:
        struct_size scheme distribution bias scale_given seed scale);
    layout!(lines, "dirichlet_parameter_norm_options", dirichlet_parameter_norm_options:
        struct_size norm biases);
    layout!(lines, "dirichlet_spectral_penalty_options", dirichlet_spectral_penalty_options:
        struct_size allocator iterations seed);
    layout!(lines, "dirichlet_jacobian_norms_options", dirichlet_jacobian_norms_options:
        struct_size workspace_bytes tolerance max_iterations first_sample allocator parallel
        progress progress_user);
    layout!(lines, "dirichlet_jacobian_norms", dirichlet_jacobian_norms:
        struct_size norm lower sample converged_samples converged reserved);
    layout!(lines, "dirichlet_energy_penalty_options", dirichlet_energy_penalty_options:
        struct_size workspace_bytes probes seed first_sample step allocator parallel progress
        progress_user);
    layout!(lines, "dirichlet_flatness_options", dirichlet_flatness_options:
        struct_size allocator step);
    layout!(lines, "dirichlet_spectral_options", dirichlet_spectral_options:
        struct_size tolerance max_iterations progress progress_user);
    layout!(lines, "dirichlet_spectral_result", dirichlet_spectral_result:
        struct_size norm lower upper iterations converged reserved);
    layout!(lines, "dirichlet_capabilities", dirichlet_capabilities:
        struct_size version oldest_state_format newest_state_format cblas largest_parallel_lanes
        reserved);
    layout!(lines, "dirichlet_error", dirichlet_error:
        struct_size status callback_code sample least_bytes message);
    layout!(lines, "dirichlet_allocator", dirichlet_allocator: struct_size allocate release user);
    lines
}

#[test]
fn declarations_are_those_of_the_headers() {
    let translation = Translation::of(concat!(
        include_str!("../src/lib.rs"),
        include_str!("../src/batch.rs"),
        include_str!("../src/check.rs"),
        include_str!("../src/dense.rs"),
        include_str!("../src/estimator.rs"),
        include_str!("../src/layer.rs"),
        include_str!("../src/loss.rs"),
        include_str!("../src/model.rs"),
        include_str!("../src/parallel.rs"),
        include_str!("../src/penalty.rs"),
        include_str!("../src/progress.rs"),
        include_str!("../src/random.rs"),
        include_str!("../src/regularizer.rs"),
        include_str!("../src/spectral.rs")
    ));
    assert_eq!(translation.names, names_of_headers());

    let directory = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (source, program) = (directory.join("declarations.c"), directory.join("declarations"));
    fs::write(&source, translation.program()).unwrap();
    let compiler = env::var("CC").unwrap_or_else(|_| "cc".into());
    let include = format!("-I{}", include_directory());
    let (from, to) = (source.to_str().unwrap(), program.to_str().unwrap());
    let strict = ["-std=c11", "-pedantic-errors", "-Wall", "-Wextra", "-Werror"];
    output_of(&compiler, &[&strict[..], &[&include, from, "-o", to]].concat());
    let layout_of_c = output_of(&program, &[]).lines().map(String::from).collect();
    assert_eq!(layout_of_rust(), layout_of_c);
}
