//! The samples: pixels of an IDX file of images, from 0 to 1, or numbers of a .npy file.

use std::convert::TryInto;

use crate::Result;

pub struct Data {
    pub inputs: usize,
    pub values: Vec<f32>,
}

fn images(file: &[u8]) -> Result<Data> {
    let word = |i: usize| -> Result<usize> {
        let bytes = file.get(4 * i..4 * i + 4).ok_or("too short for an IDX file")?;
        Ok(u32::from_be_bytes(bytes.try_into()?) as usize)
    };
    if word(0)? != 0x803 {
        return Err("not an IDX file of images".into());
    }
    let sides = [word(1)?, word(2)?, word(3)?];
    let size = sides.iter().try_fold(1_usize, |size, &side| size.checked_mul(side));
    if size != Some(file.len() - 16) {
        return Err("the IDX header promises another number of pixels".into());
    }
    let values = file[16..].iter().map(|&pixel| f32::from(pixel) / 255.0).collect();
    Ok(Data { inputs: sides[1] * sides[2], values })
}

/// Version 1 of the format, float32, little-endian, C order, two axes.
fn array(file: &[u8]) -> Result<Data> {
    let length = file.get(8..10).ok_or("too short for a .npy file")?;
    let length = usize::from(u16::from_le_bytes(length.try_into()?));
    let header = file.get(10..10 + length).ok_or("the header is longer than the file")?;
    let header = std::str::from_utf8(header)?;
    if file[6] != 1 || !header.contains("'<f4'") || !header.contains("'fortran_order': False") {
        return Err("not a .npy file of float32, little-endian, in C order".into());
    }
    let shape = header.split(['(', ')']).nth(1).ok_or("the header has no shape")?;
    let sizes: Vec<usize> =
        shape.split(',').map(|size| size.trim().parse()).collect::<std::result::Result<_, _>>()?;
    let data = &file[10 + length..];
    match sizes[..] {
        [samples, inputs] if inputs > 0 && samples.checked_mul(inputs) == Some(data.len() / 4) => {
            let number = |bytes: &[u8]| f32::from_le_bytes(bytes.try_into().unwrap());
            Ok(Data { inputs, values: data.chunks_exact(4).map(number).collect() })
        }
        _ => Err("the shape does not fit the data".into()),
    }
}

pub fn parse(file: &[u8]) -> Result<Data> {
    match file.starts_with(b"\x93NUMPY") {
        true => array(file),
        false => images(file),
    }
}
