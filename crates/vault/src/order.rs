//! One sort for every list that people see. A sort that is compiled for each kind of thing anew costs the app five kilobytes
//! a kind, and makes the letters of a title small once for every comparison.

/// Sorts by bytes that are made once for each thing. What has the same bytes keeps its order.
pub fn sort_by_bytes<T>(list: &mut Vec<T>, bytes: impl Fn(&T) -> Vec<u8>) {
    let places = places(list.iter().map(bytes).collect());
    let mut things: Vec<Option<T>> = list.drain(..).map(Some).collect();
    list.extend(places.into_iter().filter_map(|place| things.get_mut(place)?.take()));
}

/// The bytes of a name, and of what tells two of that name apart.
pub(crate) fn alphabetical(name: &str, id: &str) -> Vec<u8> {
    [name, id].join("\0").into_bytes()
}

/// The bytes of a moment, the latest first, and of what tells two of that moment apart.
pub fn latest_first(moment: u64, id: &str) -> Vec<u8> {
    [&(!moment).to_be_bytes(), id.as_bytes()].concat()
}

/// Where the things with these bytes are to be taken from, in order.
fn places(bytes: Vec<Vec<u8>>) -> Vec<usize> {
    let mut sorted: Vec<(Vec<u8>, usize)> = bytes.into_iter().zip(0..).collect();
    sorted.sort_unstable();
    sorted.into_iter().map(|(_, place)| place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_by_bytes_and_keeps_the_order_of_what_is_alike() {
        let mut list = vec![("b", 1), ("a", 2), ("ab", 3), ("a", 4)];
        sort_by_bytes(&mut list, |(name, _)| alphabetical(name, ""));
        assert_eq!(list, [("a", 2), ("a", 4), ("ab", 3), ("b", 1)]);
        sort_by_bytes(&mut list, |(_, moment)| latest_first(*moment, ""));
        assert_eq!(list, [("a", 4), ("ab", 3), ("a", 2), ("b", 1)]);
    }
}
