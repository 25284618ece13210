package document

import "strings"

// nearest returns the one of names that was probably meant by got, or "".
func nearest(got string, names []string) string {
	if len(got) > 64 {
		return ""
	}
	best, least := "", 0
	for _, name := range names {
		d := distance(plain(got), plain(name))
		if d > max(1, len(name)/3) {
			continue
		}
		if best == "" || d < least {
			best, least = name, d
		}
	}
	return best
}

// plain ignores what people mix up between naming styles.
func plain(s string) string {
	return strings.NewReplacer("_", "", "-", "").Replace(strings.ToLower(s))
}

// distance counts the letters to insert, drop, replace or swap with their neighbour.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	var before []int
	prev := make([]int, len(y)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(x); i++ {
		row := make([]int, len(y)+1)
		row[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			row[j] = min(prev[j]+1, row[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, prev = prev, row
	}
	return prev[len(y)]
}

// meant is the end of a message that suggests the nearest name, or lists what there is when nothing
// is near and the list is short.
func meant(got string, names []string) string {
	if n := nearest(got, names); n != "" {
		return `; did you mean "` + n + `"?`
	}
	if len(names) == 0 || len(names) > 12 {
		return ""
	}
	return "; known are " + strings.Join(names, ", ")
}
