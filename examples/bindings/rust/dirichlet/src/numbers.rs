//! The enumerations of the C interface, which are numbers there.

/// An enum whose variants stand for constants of C, with `Other` for those that a newer
/// library may have.
macro_rules! numbered {
    ($(#[$about:meta])* $name:ident { $($(#[$what:meta])* $variant:ident = $constant:path,)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$what])* $variant,)*
            /// A number of the C interface that has no name here.
            Other(i32),
        }

        #[allow(dead_code)] // not every enumeration goes both ways
        impl $name {
            pub(crate) fn to_c(self) -> i32 {
                match self {
                    $($name::$variant => $constant,)*
                    $name::Other(number) => number,
                }
            }

            pub(crate) fn from_c(number: i32) -> Self {
                match number {
                    $($constant => $name::$variant,)*
                    _ => $name::Other(number),
                }
            }
        }
    };
}

pub(crate) use numbered;
