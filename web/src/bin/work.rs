//! The program of an open vault.

fn main() {
    zegel_web::work();
}
