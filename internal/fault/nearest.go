package fault

import "strings"

// Nearest returns the one of names that got was most likely meant to be, or "" when none is near
// enough. Case, dashes and underscores do not count: people mix up naming styles. The beginning of a
// name is near to it, however long the rest.
func Nearest(got string, names []string) string {
	if len(got) > 64 {
		return ""
	}
	best, least := "", 0
	for _, name := range names {
		d := edits(plain(got), plain(name))
		if len(got) >= 2 && strings.HasPrefix(plain(name), plain(got)) {
			d = 1
		}
		if d > max(1, len(name)/3) {
			continue
		}
		if best == "" || d < least {
			best, least = name, d
		}
	}
	return best
}

func plain(s string) string {
	return strings.NewReplacer("_", "", "-", "").Replace(strings.ToLower(s))
}

// edits counts the letters to insert, drop, replace or swap with their neighbour.
func edits(a, b string) int {
	x, y := []rune(a), []rune(b)
	before, prev, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(x); i++ {
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
		before, prev, row = prev, row, before
	}
	return prev[len(y)]
}
