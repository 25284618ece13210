package terraform

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// telling are shapes that nothing but a secret has, wherever in a string they stand.
var telling = regexp.MustCompile(strings.Join([]string{
	`-----BEGIN `,                                 // PEM; a public one is of no use here either
	`\b(AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b`,       // AWS access key ids
	`\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}\.`, // JSON web tokens
	`\bgh[pousr]_[A-Za-z0-9]{30,}`,
	`\bgithub_pat_[A-Za-z0-9_]{30,}`,
	`\bglpat-[A-Za-z0-9_-]{20,}`,
	`\bxox[abeprs]-[A-Za-z0-9-]{10,}`,
	`\b[sr]k_live_[A-Za-z0-9]{16,}`,
	`\bAIza[A-Za-z0-9_-]{35}`,
	`\bya29\.[A-Za-z0-9_-]{20,}`,
	`\bnpm_[A-Za-z0-9]{30,}`,
	`\bhv[sbr]\.[A-Za-z0-9_-]{20,}`,
	`[?&](sig|X-Amz-Signature|X-Amz-Security-Token)=`,
	`[a-z][a-z0-9+.-]*://[^/\s:@]*:[^/\s@]+@`, // a URL with a password
	`\$(1|2[aby]|5|6|argon2id?)\$`,            // password hashes
}, "|"))

// assigned is a secret by the name it is given: "password=…". An ARN has such words too
// (":secret:db"), so ids are not held against it.
var assigned = regexp.MustCompile(`(?i)\b(AccountKey|SharedAccessKey|SharedAccessSignature|passw(or)?d|pwd|secret|token|api[_-]?key)\s*[=:]\s*[^\s;]{4,}`)

// Words in the key of a tag that make its value a secret by the owner's own saying.
var secretKey = regexp.MustCompile(`(?i)(passw(or)?d|passphrase|pwd|secret|token|api[_.-]?key|access[_.-]?key|private[_.-]?key|credential)`)

var (
	base64ish = regexp.MustCompile(`^[A-Za-z0-9+/_-]+={0,2}$`)
	hexOnly   = regexp.MustCompile(`^[0-9a-fA-F]+$`)
)

// secretLike reports whether s looks like a key, a token or a password. It errs towards yes.
func secretLike(s string) bool {
	if telling.MatchString(s) || assigned.MatchString(s) {
		return true
	}
	return slices.ContainsFunc(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(`,;:="'()[]{}`, r) }), randomWord)
}

// secretID is secretLike for ids and paths, where long mixed words are common and only a telling
// shape counts.
func secretID(s string) bool { return telling.MatchString(s) }

// randomWord recognises an AWS secret key (40 characters of base64 in mixed case) and anything
// longer of that look, such as a storage account's key. Hexadecimal is a checksum or a revision.
func randomWord(w string) bool {
	n := len(strings.TrimRight(w, "="))
	if n < 40 || (n > 40 && n < 64) || hexOnly.MatchString(w) || !base64ish.MatchString(w) {
		return false
	}
	var upper, lower, digit bool
	for _, r := range w {
		upper = upper || unicode.IsUpper(r)
		lower = lower || unicode.IsLower(r)
		digit = digit || unicode.IsDigit(r)
	}
	return upper && lower && digit
}

// mask hides a value that must not be shown in an error.
func mask(s string) string {
	if secretLike(s) {
		return "(hidden)"
	}
	return s
}

// clean drops what neither a page nor Postgres can hold: control characters and broken UTF-8.
func clean(s string) string {
	ok := utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
	if ok {
		return s
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// cut shortens s to at most n bytes, at a rune's boundary.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
