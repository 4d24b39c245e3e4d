//! The program of the worker.

fn main() {
    zegel_web::vault();
}
