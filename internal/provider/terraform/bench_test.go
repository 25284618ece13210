package terraform

import (
	"fmt"
	"io"
	"strings"
	"testing"
)

// bigState writes n buckets, each with a secret of size bytes, without holding them.
func bigState(n, size int) io.Reader {
	r, w := io.Pipe()
	go func() {
		secret := strings.Repeat("s", size)
		_, err := fmt.Fprintf(w, `{"version":4,"serial":1,%s,"resources":[`, lineage)
		for i := 0; i < n && err == nil; i++ {
			sep := ","
			if i == 0 {
				sep = ""
			}
			_, err = fmt.Fprintf(w, `%s{"mode":"managed","type":"aws_s3_bucket","name":"b","provider":"provider[\"registry.terraform.io/hashicorp/aws\"]","instances":[{"index_key":%d,
				"attributes":{"arn":"arn:aws:s3:::b-%d","region":"eu-west-1","tags":{"env":"prod"},"policy":%q},"sensitive_attributes":[[{"type":"get_attr","value":"policy"}]]}]}`, sep, i, i, secret)
		}
		if err == nil {
			_, err = io.WriteString(w, `]}`)
		}
		w.CloseWithError(err)
	}()
	return r
}

func BenchmarkScan(b *testing.B) {
	const objects, size = 10_000, 2_000
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		if _, err := scan("big", bigState(objects, size), false, func(Object, Dropped) error { n++; return nil }); err != nil || n != objects {
			b.Fatalf("%d objects, %v", n, err)
		}
	}
	b.ReportMetric(float64(objects)*float64(b.N)/b.Elapsed().Seconds(), "objects/s")
}
