package document

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/causeway/causeway/internal/fault"
)

// maxSetBytes bounds all files of one set together.
const maxSetBytes = 64 << 20

// Files reads the documents of files and of directories (every .yaml, .yml and .json file below
// them, hidden ones left out). "-" is stdin. The whole set is checked: what is wrong in one file
// does not hide what is wrong in the next.
func (d Decoder) Files(paths []string, stdin io.Reader) ([]Document, error) {
	files, err := expand(paths)
	if err != nil {
		return nil, err
	}
	all := &walk{}
	var docs []Document
	total := 0
	for _, name := range files {
		data, err := read(name, stdin)
		if err != nil {
			return nil, err
		}
		if total += len(data); total > maxSetBytes {
			return nil, fault.Say(fault.Invalid, "The files hold more than %d MB together. Apply them in parts.", maxSetBytes>>20)
		}
		w := &walk{file: name}
		if name == "-" {
			w.file = "stdin"
		}
		docs = append(docs, d.decode(w, data)...)
		if err := w.problems.err(); err != nil {
			all.problems = append(all.problems, w.problems...)
		}
	}
	all.distinct(docs)
	if len(all.problems) > 0 {
		return docs, all.problems
	}
	if len(docs) == 0 {
		return nil, fault.Say(fault.Invalid, "There is no document in %s.", strings.Join(paths, ", "))
	}
	return docs, nil
}

// expand turns directories into the files below them, in order of their names.
func expand(paths []string) ([]string, error) {
	var files []string
	add := func(name string) {
		if !slices.Contains(files, name) {
			files = append(files, name)
		}
	}
	for _, path := range paths {
		if path == "-" {
			add(path)
			continue
		}
		info, err := os.Stat(path)
		if err != nil {
			return nil, unreadable(path, err)
		}
		if !info.IsDir() {
			add(filepath.Clean(path))
			continue
		}
		before := len(files)
		err = filepath.WalkDir(path, func(name string, e fs.DirEntry, err error) error {
			if err != nil {
				return unreadable(name, err)
			}
			hidden := strings.HasPrefix(e.Name(), ".") && name != path
			if e.IsDir() && hidden {
				return filepath.SkipDir
			}
			if !e.IsDir() && !hidden && slices.Contains([]string{".yaml", ".yml", ".json"}, filepath.Ext(name)) {
				add(name)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		if len(files) == before {
			return nil, fault.Say(fault.Invalid, "%s holds no .yaml, .yml or .json file.", path)
		}
	}
	return files, nil
}

func read(name string, stdin io.Reader) ([]byte, error) {
	if name == "-" {
		data, err := io.ReadAll(io.LimitReader(stdin, maxFileBytes+1))
		if err != nil {
			return nil, fmt.Errorf("read standard input: %w", err)
		}
		return data, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, unreadable(name, err)
	}
	data, err := io.ReadAll(io.LimitReader(f, maxFileBytes+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, unreadable(name, err)
	}
	return data, nil
}

// unreadable says in plain words why a file could not be read.
func unreadable(name string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fault.Say(fault.NotFound, "%s does not exist.", name).Because(err)
	case errors.Is(err, fs.ErrPermission):
		return fault.Say(fault.Denied, "%s may not be read by this user.", name).Because(err)
	}
	return fault.Say(fault.Invalid, "%s cannot be read.", name).Because(err)
}
