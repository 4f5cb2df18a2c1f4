//! Structs of the C interface, all of which begin with their own size.

use std::mem;

/// Such a struct, of the size that it has here, with all defaults.
///
/// # Safety
/// `S` must be one: its first field is `struct_size`, and zero is a value of the others.
pub(crate) unsafe fn sized<S: Copy>() -> S {
    let mut whole: S = mem::zeroed();
    (&mut whole as *mut S as *mut usize).write(mem::size_of::<S>());
    whole
}
