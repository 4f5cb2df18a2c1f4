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
    const LISTS: [&str; 29] = [
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
        "ens",
        "subnets",
        "mlps",
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
                true => words(before).iter().any(|word| LISTS.contains(&word.as_str())),
                false => one == other && SINGLES.contains(&one.as_str()),
            };
        }
        before = one;
    }
    false
}

/// Those of a part of a name, in small letters: res and block of ResBlock_1.
fn words(part: &str) -> Vec<String> {
    let letters: Vec<char> = part.chars().collect();
    let is = |index: usize, test: fn(&char) -> bool| letters.get(index).map_or(false, test);
    let mut found = Vec::new();
    let mut word = String::new();
    for (i, letter) in letters.iter().enumerate() {
        let begins = is(i, char::is_ascii_uppercase)
            && ((i > 0 && is(i - 1, char::is_ascii_lowercase))
                || is(i + 1, char::is_ascii_lowercase));
        if begins || !letter.is_ascii_alphabetic() {
            found.push(std::mem::take(&mut word));
        }
        if letter.is_ascii_alphabetic() {
            word.push(letter.to_ascii_lowercase());
        }
    }
    found.push(word);
    found
}

/// Whether a word of the path is that of a layer that does more than to take what the one before it
/// gives.
pub fn is_doubtful(path: &str) -> bool {
    const DOUBTFUL: [&str; 38] = [
        "gate",
        "gates",
        "gated",
        "gating",
        "glu",
        "att",
        "attn",
        "se",
        "film",
        "fn",
        "highway",
        "res",
        "residual",
        "residuals",
        "resblock",
        "resblocks",
        "resnet",
        "skip",
        "skips",
        "shortcut",
        "downsample",
        "rnn",
        "lstm",
        "gru",
        "recurrent",
        "cell",
        "router",
        "aux",
        "auxiliary",
        "time",
        "timestep",
        "temb",
        "cond",
        "condition",
        "conditioning",
        "context",
        "hyper",
        "hypernet",
    ];
    words(path).iter().any(|word| DOUBTFUL.contains(&word.as_str()))
}

/// Whether paths differ in a single part, as those of one sequence do. Blocks of several layers may be
/// led around by a skip connection, a tree beside another may be its copy.
pub fn are_one_sequence(paths: &[&str]) -> bool {
    let parts: Vec<Vec<&str>> = paths.iter().map(|path| path.split('.').collect()).collect();
    let first = match parts.first() {
        Some(first) => first,
        None => return true,
    };
    let differ = |place: &usize| parts.iter().any(|other| other[*place] != first[*place]);
    parts.iter().all(|other| other.len() == first.len())
        && (0..first.len()).filter(differ).count() <= 1
}

/// Whether some layers of a sequence have neighbouring numbers where others leave some out for their
/// activations: there may be none between them.
pub fn has_uneven_gaps(paths: &[&str]) -> bool {
    let number = |path: &str| path.rsplit('.').next().and_then(|last| last.parse::<u64>().ok());
    let gaps: Option<Vec<u64>> = paths
        .windows(2)
        .map(|pair| Some(number(pair[1])?.saturating_sub(number(pair[0])?)))
        .collect();
    gaps.map_or(false, |gaps| gaps.contains(&1) && gaps.iter().any(|&gap| gap > 1))
}
