// Prints what kstatus, by which Flux, Helm 4 and kpt wait, makes of the objects on standard input.
//
// Input: a JSON array of objects. Output: a line "<status>\t<message>" for each.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/fluxcd/cli-utils/pkg/kstatus/status"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func main() {
	var objects []unstructured.Unstructured
	if err := json.NewDecoder(os.Stdin).Decode(&objects); err != nil {
		fmt.Fprintln(os.Stderr, "kstatus: standard input is not a JSON array of objects:", err)
		os.Exit(1)
	}
	for i := range objects {
		result, err := status.Compute(&objects[i])
		if err != nil {
			fmt.Fprintln(os.Stderr, "kstatus:", err)
			os.Exit(1)
		}
		fmt.Printf("%s\t%s\n", result.Status, result.Message)
	}
}
