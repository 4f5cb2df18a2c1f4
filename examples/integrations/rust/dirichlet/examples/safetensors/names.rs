//! The order that numbers in names give, as examples/measure has it.

use std::cmp::Ordering;

/// Digits from the start of a text, and what is behind them.
fn digits(text: &str) -> (&str, &str) {
    let end = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    text.split_at(end)
}

/// Compares runs of digits as numbers of any length.
fn compare_numbers(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.trim_start_matches('0'), b.trim_start_matches('0'));
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

/// Whether a text is the counter of a name's part, as "_1" of dense_1.
fn is_counter(text: &str) -> bool {
    let (number, rest) = digits(text.strip_prefix(['_', '-']).unwrap_or(text));
    !number.is_empty() && (rest.is_empty() || rest.starts_with('.'))
}

fn part_ends(text: &str) -> bool {
    text.is_empty() || text.starts_with('.')
}

/// Whether what stands behind different numbers is alike up to the end of the part.
fn rest_is_alike(a: &str, b: &str) -> bool {
    let part = |text: &str| text.split('.').next().unwrap_or("").to_string();
    let skeleton = |text: &str| -> String {
        part(text).chars().map(|c| if c.is_ascii_digit() { '#' } else { c }).collect()
    };
    skeleton(a) == skeleton(b)
}

/// Which of two paths numbers put first (fc1 and fc2, blocks.0.a and blocks.1.b, dense and
/// dense_1); None where they do not tell (encoder and decoder).
pub fn order(mut a: &str, mut b: &str) -> Option<Ordering> {
    loop {
        let ((one, rest_a), (other, rest_b)) = (digits(a), digits(b));
        if !one.is_empty() && !other.is_empty() {
            match compare_numbers(one, other) {
                Ordering::Equal => (a, b) = (rest_a, rest_b),
                different => return rest_is_alike(rest_a, rest_b).then_some(different),
            }
            continue;
        }
        if part_ends(a) && !part_ends(b) && is_counter(b) {
            return Some(Ordering::Less);
        }
        if part_ends(b) && !part_ends(a) && is_counter(a) {
            return Some(Ordering::Greater);
        }
        let (mut left, mut right) = (a.chars(), b.chars());
        match (left.next(), right.next()) {
            (Some(x), Some(y)) if x == y => (a, b) = (left.as_str(), right.as_str()),
            _ => return None,
        }
    }
}

/// Numbered, but not one behind the other: heads.0 and heads.1 of a list, head1 and head2, w1 and w3.
pub fn are_branches(a: &str, b: &str) -> bool {
    const LISTS: [&str; 26] = [
        "heads",
        "branches",
        "towers",
        "experts",
        "models",
        "members",
        "ensemble",
        "ensembles",
        "critics",
        "actors",
        "nets",
        "networks",
        "policies",
        "values",
        "agents",
        "players",
        "learners",
        "estimators",
        "folds",
        "seeds",
        "copies",
        "replicas",
        "particles",
        "tasks",
        "students",
        "teachers",
    ];
    const SINGLES: [&str; 32] = [
        "head",
        "branch",
        "tower",
        "expert",
        "member",
        "critic",
        "actor",
        "q",
        "qf",
        "qnet",
        "qnetwork",
        "out",
        "output",
        "model",
        "policy",
        "value",
        "w",
        "net",
        "network",
        "agent",
        "player",
        "learner",
        "estimator",
        "fold",
        "seed",
        "copy",
        "replica",
        "particle",
        "task",
        "student",
        "teacher",
        "twin",
    ];
    let word = |part: &str| {
        part.split(|c: char| c.is_ascii_digit() || c == '_').next().map(str::to_string)
    };
    let (a, b) = (a.to_lowercase(), b.to_lowercase());
    let mut before = "";
    for (one, other) in a.split('.').zip(b.split('.')) {
        if one != other {
            let (one, other) = (word(one).unwrap_or_default(), word(other).unwrap_or_default());
            return match one.is_empty() && other.is_empty() {
                true => LISTS.contains(&before),
                false => one == other && SINGLES.contains(&one.as_str()),
            };
        }
        before = one;
    }
    false
}
