//! The program of what stands before an open vault.

fn main() {
    zegel_web::door();
}
