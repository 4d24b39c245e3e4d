//! The program of the page.

fn main() {
    zegel_web::page();
}
