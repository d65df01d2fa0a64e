//! Whole numbers as text, five bits a letter: what is stored of many numbers is small, the same on
//! both databases, and read fast.

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/// The bit of a letter that says that more of the same number follow.
const GOES_ON: u8 = 32;
/// What is no letter.
const NONE: u8 = 255;
const VALUES: [u8; 256] = values();

const fn values() -> [u8; 256] {
    let mut values = [NONE; 256];
    let mut value = 0;
    while value < 64 {
        values[LETTERS[value as usize] as usize] = value;
        value += 1;
    }
    values
}

/// Writes a number behind the others.
pub fn write(text: &mut String, mut number: u64) {
    loop {
        let five = (number & 31) as u8;
        number >>= 5;
        let letter = match number {
            0 => five,
            _ => five | GOES_ON,
        };
        text.push(char::from(LETTERS[usize::from(letter)]));
        if number == 0 {
            return;
        }
    }
}

/// Reads all numbers of a text and gives each to `each`; `false` where it is none of ours.
#[must_use]
pub fn read(text: &str, mut each: impl FnMut(u64)) -> bool {
    let (mut number, mut shift) = (0_u64, 0);
    for byte in text.bytes() {
        let value = VALUES[usize::from(byte)];
        if value == NONE || shift > 60 {
            return false;
        }
        number |= u64::from(value & 31) << shift;
        if value & GOES_ON == 0 {
            each(number);
            (number, shift) = (0, 0);
        } else {
            shift += 5;
        }
    }
    shift == 0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn numbers_read_back(numbers in proptest::collection::vec(any::<u64>(), 0..50)) {
            let mut text = String::new();
            for number in &numbers {
                write(&mut text, *number);
            }
            let mut read_back = Vec::new();
            prop_assert!(read(&text, |number| read_back.push(number)));
            prop_assert_eq!(read_back, numbers);
        }
    }

    #[test]
    fn what_is_not_ours_does_not_read() {
        for text in ["!", "A b", "g", "ggggggggggggggA", "ä"] {
            assert!(!read(text, |_| {}), "{text}");
        }
        let mut text = String::new();
        for number in [0, 31, 32, 1_000] {
            write(&mut text, number);
        }
        assert_eq!(text, "AfgBof", "what is stored stays");
    }
}
