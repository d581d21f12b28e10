//! A request as form fields (§2), and a received form read back.

use crate::secret::Secret;
use crate::sign::sign;

/// What one call says. `data` is the JSON text as it travels: it is signed verbatim and never written anew.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// `Object.Verb`.
    pub method: &'a str,
    /// `1.0`, `1.1` for `CheckSign.Query`, `2.1` on the labour gateway.
    pub version: &'a str,
    pub app_id: &'a str,
    /// The labour gateway spells the field `appId`.
    pub app_id_field: &'static str,
    /// Any text not used before.
    pub nonce: &'a str,
    /// `yyyyMMddHHmmss`, China time.
    pub timestamp: &'a str,
    pub data: &'a str,
    pub corpsign: Option<&'a str>,
}

impl Request<'_> {
    /// Every field in the order of the signature, `sign` last.
    pub fn signed(&self, secret: &Secret) -> Vec<(&'static str, String)> {
        let mut fields = vec![
            (self.app_id_field, self.app_id),
            ("data", self.data),
            ("format", "json"),
            ("method", self.method),
            ("nonce", self.nonce),
            ("timestamp", self.timestamp),
            ("version", self.version),
        ];
        fields.extend(self.corpsign.map(|value| ("corpsign", value)));
        fields.sort_unstable();
        let sign = sign(fields.iter().copied(), secret);
        fields.into_iter().map(|(name, value)| (name, value.to_owned())).chain([("sign", sign)]).collect()
    }

    /// The body of the POST, `application/x-www-form-urlencoded` in UTF-8.
    pub fn body(&self, secret: &Secret) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(self.signed(secret)).finish()
    }
}

/// A received form: names and values decoded, in the order they came.
#[derive(Debug, Clone, Default)]
pub struct Form(Vec<(String, String)>);

impl Form {
    pub fn parse(body: &[u8]) -> Self {
        Self(form_urlencoded::parse(body).into_owned().collect())
    }

    /// By name, whatever its case: `appid` and `appId` are one.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether `sign` fits what was received; upper-case hex fits too.
    pub fn is_signed_with(&self, secret: &Secret) -> bool {
        let expected = sign(self.fields().filter(|(name, _)| !name.eq_ignore_ascii_case("sign")), secret);
        self.get("sign").is_some_and(|given| given.trim().eq_ignore_ascii_case(&expected))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(corpsign: Option<&str>) -> Request<'_> {
        Request {
            method: "Team.Query",
            version: "1.0",
            app_id: "99999920240101001",
            app_id_field: "appid",
            nonce: "00000000000000000000000000000002",
            timestamp: "20240102030405",
            data: r#"{"corpName":"测试建设有限公司","pageIndex":0,"pageSize":50,"projectCode":"99999920240101001"}"#,
            corpsign,
        }
    }

    fn secret() -> Secret {
        Secret::new("0123456789abcdef0123456789abcdef")
    }

    #[test]
    fn a_body_reads_back_as_signed() {
        let body = request(None).body(&secret());
        let form = Form::parse(body.as_bytes());
        assert_eq!(form.get("sign"), Some("887db04f4b08e8136c6716ce0549ed0148b6b1fdc862203684d8a4b072a6ad30"));
        assert_eq!(form.get("data"), Some(request(None).data));
        assert!(form.is_signed_with(&secret()));
        assert!(!form.is_signed_with(&Secret::new("fedcba9876543210fedcba9876543210")));
    }

    #[test]
    fn upper_case_hex_fits_and_corpsign_stands_between_appid_and_data() {
        let fields = request(Some("abc=")).signed(&secret());
        let names: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["appid", "corpsign", "data", "format", "method", "nonce", "timestamp", "version", "sign"]);
        let upper = Form(fields.into_iter().map(|(n, v)| (n.to_owned(), if n == "sign" { v.to_uppercase() } else { v })).collect());
        assert!(upper.is_signed_with(&secret()));
    }
}
