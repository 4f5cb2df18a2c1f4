use crate::error::{create, text, Error};
use crate::{sys, Complexity, Dense, Model};
use std::marker::PhantomData;
use std::panic::resume_unwind;

/// Options of an [`Estimator`]; zero means the default: see estimator.h.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    pub method: i32,
    pub probes: i64,
    pub seed: u64,
    pub first_sample: i64,
    pub population: i64,
    pub max_samples: i64,
    pub tolerance: f64,
    pub confidence: f64,
}

impl Options {
    fn table(&self) -> sys::dirichlet_estimator_options {
        let mut table: sys::dirichlet_estimator_options = unsafe { std::mem::zeroed() };
        table.struct_size = std::mem::size_of_val(&table);
        table.method = self.method;
        table.probes = self.probes;
        table.seed = self.seed;
        table.first_sample = self.first_sample;
        table.population = self.population;
        table.max_samples = self.max_samples;
        table.tolerance = self.tolerance;
        table.confidence = self.confidence;
        table
    }
}

/// A stream of samples and what is known of their geometric complexity.
pub struct Estimator<'a> {
    handle: *mut sys::dirichlet_estimator,
    inputs: usize,
    /// The closures, at an address of their own; None for a network or bytes.
    model: Option<Box<Model<'a>>>,
    network: PhantomData<&'a mut Dense<'a>>,
}

impl<'a> Estimator<'a> {
    pub fn new(model: Model<'a>, options: &Options) -> Result<Estimator<'a>, Error> {
        let mut model = Box::new(model);
        let handle = create_handle(&model.table(), options)?;
        Ok(Estimator { handle, inputs: model.inputs(), model: Some(model), network: PhantomData })
    }

    pub fn of_dense<'b>(dense: &'a mut Dense<'b>, options: &Options) -> Result<Estimator<'a>, Error>
    where
        'b: 'a,
    {
        let handle = create_handle(&dense.table()?, options)?;
        Ok(Estimator { handle, inputs: dense.inputs(), model: None, network: PhantomData })
    }

    /// From the bytes of [`Estimator::serialize`]: to be merged or read, not updated.
    pub fn deserialize(bytes: &[u8]) -> Result<Estimator<'static>, Error> {
        let handle = create(|out, message, size| unsafe {
            sys::dirichlet_estimator_deserialize(
                bytes.as_ptr().cast(),
                bytes.len(),
                std::ptr::null(),
                out,
                message,
                size,
            )
        })?;
        Ok(Estimator { handle, inputs: 1, model: None, network: PhantomData })
    }

    /// Take the samples x (n, d). A panic of a closure goes on here.
    pub fn update(&mut self, x: &[f64]) -> Result<(), Error> {
        self.take(x, std::ptr::null_mut())
    }

    /// The same, with the energy of every sample.
    pub fn update_energies(&mut self, x: &[f64], energies: &mut [f64]) -> Result<(), Error> {
        if energies.len().checked_mul(self.inputs) != Some(x.len()) {
            return Err(Error::of_shape("energies.len() is not the number of samples"));
        }
        self.take(x, energies.as_mut_ptr())
    }

    fn take(&mut self, x: &[f64], energies: *mut f64) -> Result<(), Error> {
        if x.len() % self.inputs != 0 {
            return Err(Error::of_shape("x.len() is no multiple of inputs"));
        }
        let samples = (x.len() / self.inputs) as i64;
        let status = unsafe {
            sys::dirichlet_estimator_update_f64(
                self.handle,
                samples,
                x.as_ptr(),
                std::ptr::null(),
                energies,
            )
        };
        if let Some(payload) = self.model.as_mut().and_then(|model| model.take_panic()) {
            resume_unwind(payload);
        }
        self.check(status)
    }

    pub fn merge(&mut self, source: &Estimator) -> Result<(), Error> {
        let status = unsafe { sys::dirichlet_estimator_merge(self.handle, source.handle) };
        self.check(status)
    }

    pub fn seek(&mut self, sample_index: i64) -> Result<(), Error> {
        let status = unsafe { sys::dirichlet_estimator_seek(self.handle, sample_index) };
        self.check(status)
    }

    pub fn reset(&mut self) {
        unsafe { sys::dirichlet_estimator_reset(self.handle) };
    }

    pub fn stopped(&self) -> bool {
        unsafe { sys::dirichlet_estimator_stopped(self.handle) != 0 }
    }

    pub fn result(&self) -> Result<Complexity, Error> {
        let mut result =
            Complexity { struct_size: std::mem::size_of::<Complexity>(), ..Complexity::default() };
        let status = unsafe { sys::dirichlet_estimator_result(self.handle, &mut result) };
        if status == sys::DIRICHLET_OK {
            Ok(result)
        } else {
            Err(Error::of_status(status))
        }
    }

    pub fn serialize(&self) -> Vec<u8> {
        let mut size = 0;
        let mut bytes = Vec::new();
        unsafe {
            sys::dirichlet_estimator_serialize(self.handle, std::ptr::null_mut(), 0, &mut size);
            bytes.resize(size, 0);
            sys::dirichlet_estimator_serialize(
                self.handle,
                bytes.as_mut_ptr().cast(),
                size,
                &mut size,
            );
        }
        bytes
    }

    fn check(&self, status: i32) -> Result<(), Error> {
        if status == sys::DIRICHLET_OK {
            return Ok(());
        }
        let message = unsafe { text(sys::dirichlet_estimator_message(self.handle)) };
        let code = (status == sys::DIRICHLET_E_CALLBACK)
            .then(|| unsafe { sys::dirichlet_estimator_callback_code(self.handle) });
        Err(Error { status, message, code })
    }
}

impl Drop for Estimator<'_> {
    fn drop(&mut self) {
        unsafe { sys::dirichlet_estimator_destroy(self.handle) }
    }
}

fn create_handle(
    model: &sys::dirichlet_model_f64,
    options: &Options,
) -> Result<*mut sys::dirichlet_estimator, Error> {
    let options = options.table();
    create(|out, message, size| unsafe {
        sys::dirichlet_estimator_create_f64(model, &options, out, message, size)
    })
}
