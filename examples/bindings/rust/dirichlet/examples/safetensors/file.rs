//! Reads safetensors files: the length of a header of JSON, the header, then the numbers.

use std::convert::TryInto;
use std::error::Error;

pub struct Tensor {
    pub name: String,
    pub shape: Vec<usize>,
    pub values: Vec<f32>,
}

pub struct File {
    pub tensors: Vec<Tensor>,
    pub metadata: Vec<(String, String)>,
}

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// A file whose tensors are all of float32. Nothing in it is trusted.
pub fn parse(file: &[u8]) -> Result<File> {
    let length = file.get(..8).ok_or("too short for a safetensors file")?;
    let length: usize = u64::from_le_bytes(length.try_into()?).try_into()?;
    let header = file[8..].get(..length).ok_or("the header is longer than the file")?;
    let data = &file[8 + length..];
    let mut header = Header { rest: std::str::from_utf8(header)? };
    let mut tensors = Vec::new();
    let mut metadata = Vec::new();
    header.object(|header, name| {
        if name == "__metadata__" {
            return match header.takes_word("null") {
                true => Ok(()), // as mlx writes it: none
                false => header.object(|header, key| {
                    metadata.push((key, header.string()?));
                    Ok(())
                }),
            };
        }
        let entry = header.entry().map_err(|error| format!("tensor '{name}': {error}"))?;
        tensors.push(entry.read(name, data)?);
        Ok(())
    })?;
    Ok(File { tensors, metadata })
}

#[derive(Default)]
struct Entry {
    dtype: String,
    shape: Vec<usize>,
    offsets: Vec<usize>,
}

impl Entry {
    fn read(self, name: String, data: &[u8]) -> Result<Tensor> {
        if self.dtype != "F32" {
            return Err(format!("tensor '{name}': dtype {} is not F32", self.dtype).into());
        }
        let bytes = match self.offsets[..] {
            [start, end] => data.get(start..end),
            _ => None,
        };
        let bytes = bytes.ok_or(format!("tensor '{name}': data_offsets outside of the file"))?;
        let size = self.shape.iter().try_fold(4_usize, |size, &axis| size.checked_mul(axis));
        if size != Some(bytes.len()) {
            return Err(
                format!("tensor '{name}': {} bytes for {:?}", bytes.len(), self.shape).into()
            );
        }
        let number = |bytes: &[u8]| f32::from_le_bytes(bytes.try_into().unwrap());
        let values = bytes.chunks_exact(4).map(number).collect();
        Ok(Tensor { name, shape: self.shape, values })
    }
}

/// What is left of a header: as much JSON as one consists of.
struct Header<'a> {
    rest: &'a str,
}

impl Header<'_> {
    /// Whether the next character but spaces is this one, which is then taken.
    fn takes(&mut self, expected: char) -> bool {
        self.rest = self.rest.trim_start();
        match self.rest.strip_prefix(expected) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn takes_word(&mut self, word: &str) -> bool {
        self.rest = self.rest.trim_start();
        let rest = self.rest.strip_prefix(word);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn take(&mut self, expected: char) -> Result<()> {
        match self.takes(expected) {
            true => Ok(()),
            false => Err(format!("the header has no '{expected}' where it should").into()),
        }
    }

    fn object(&mut self, mut member: impl FnMut(&mut Self, String) -> Result<()>) -> Result<()> {
        self.take('{')?;
        if self.takes('}') {
            return Ok(());
        }
        loop {
            let name = self.string()?;
            self.take(':')?;
            member(self, name)?;
            if !self.takes(',') {
                return self.take('}');
            }
        }
    }

    fn entry(&mut self) -> Result<Entry> {
        let mut entry = Entry::default();
        self.object(|header, name| {
            match name.as_str() {
                "dtype" => entry.dtype = header.string()?,
                "shape" => entry.shape = header.numbers()?,
                "data_offsets" => entry.offsets = header.numbers()?,
                _ => return Err(format!("'{name}' is unknown").into()),
            }
            Ok(())
        })?;
        Ok(entry)
    }

    fn numbers(&mut self) -> Result<Vec<usize>> {
        let mut numbers = Vec::new();
        self.take('[')?;
        if self.takes(']') {
            return Ok(numbers);
        }
        loop {
            self.rest = self.rest.trim_start();
            let is_digit = |letter: char| letter.is_ascii_digit();
            let end = self.rest.find(|letter| !is_digit(letter)).unwrap_or(self.rest.len());
            numbers.push(self.rest[..end].parse()?);
            self.rest = &self.rest[end..];
            if !self.takes(',') {
                self.take(']')?;
                return Ok(numbers);
            }
        }
    }

    /// A string; of escapes only those that stand for themselves.
    fn string(&mut self) -> Result<String> {
        self.take('"')?;
        let mut string = String::new();
        let mut letters = self.rest.chars();
        loop {
            match letters.next().ok_or("the header ends within a string")? {
                '"' => break,
                '\\' => match letters.next() {
                    Some(letter @ ('"' | '\\' | '/')) => string.push(letter),
                    _ => return Err("the header has an escape that is not supported".into()),
                },
                letter => string.push(letter),
            }
        }
        self.rest = letters.as_str();
        Ok(string)
    }
}
