//! Which pages may open a socket and embed the chat.

use axum::http::HeaderMap;
use axum::http::header::{HOST, ORIGIN};

/// Our own origin and those of the shops that embed the chat.
#[derive(Clone, Debug, Default)]
pub struct Origins {
    /// Our own, such as `https://care.example`, where it is set; the request's `Host` counts too.
    pub own: Option<String>,
    /// Origins whose pages may embed the chat.
    pub embed: Vec<String>,
}

impl Origins {
    /// From settings: a public address of which only the origin counts, and origins.
    pub fn new(public_url: Option<&str>, embed: &[String]) -> Origins {
        Origins {
            own: public_url.map(origin_of),
            embed: embed.iter().map(|origin| origin_of(origin)).collect(),
        }
    }

    /// Whether a page of the request's `Origin` may open a socket. Browsers always tell it;
    /// a request without one is refused.
    pub fn allow(&self, headers: &HeaderMap) -> bool {
        let Some(origin) = text(headers, ORIGIN.as_str()) else {
            return false;
        };
        let origin = origin.to_ascii_lowercase();
        // A page that came from the very address that the socket is opened at is our own page.
        let is_same = text(headers, HOST.as_str()).is_some_and(|host| {
            origin
                .split_once("://")
                .is_some_and(|(_, from)| from.eq_ignore_ascii_case(host))
        });
        is_same || self.own.as_ref() == Some(&origin) || self.embed.contains(&origin)
    }

    /// The value of `frame-ancestors`: who may show the chat in a frame.
    pub fn frame_ancestors(&self) -> String {
        let mut ancestors = "'self'".to_owned();
        for origin in &self.embed {
            ancestors.push(' ');
            ancestors.push_str(origin);
        }
        ancestors
    }
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Scheme, host and port of an address, lower case, with everything dropped that could end a
/// header's directive.
fn origin_of(address: &str) -> String {
    let (scheme, rest) = address
        .trim()
        .split_once("://")
        .unwrap_or(("https", address.trim()));
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host: String = host
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']' | '*'))
        .collect();
    format!("{scheme}://{host}").to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(origin: Option<&str>, host: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(ORIGIN, origin.parse().unwrap());
        }
        headers
    }

    #[test]
    fn only_our_own_and_listed_pages_may_open_a_socket() {
        let unset = Origins::new(None, &["https://Shop.example/".to_owned()]);
        let set = Origins::new(Some("https://care.example/base"), &[]);
        let cases = [
            (
                &unset,
                Some("http://127.0.0.1:8080"),
                "127.0.0.1:8080",
                true,
            ),
            (&unset, Some("http://evil.example"), "127.0.0.1:8080", false),
            (&unset, Some("https://shop.example"), "127.0.0.1:8080", true),
            (&unset, Some("null"), "127.0.0.1:8080", false),
            (&unset, None, "127.0.0.1:8080", false),
            (&set, Some("https://care.example"), "10.0.0.1", true),
            (&set, Some("https://evil.example"), "care.example", false),
            (&set, Some("https://shop.example"), "care.example", false),
        ];
        for (origins, origin, host, allowed) in cases {
            assert_eq!(origins.allow(&request(origin, host)), allowed, "{origin:?}");
        }
    }

    #[test]
    fn a_setting_cannot_add_a_directive_to_the_policy() {
        let origins = Origins::new(None, &["https://shop.example; script-src *".to_owned()]);
        assert!(!origins.frame_ancestors().contains(';'));
    }
}
