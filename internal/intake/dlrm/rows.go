package dlrm

import (
	"bufio"
	"fmt"
	"strconv"
	"strings"

	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// The first line of the trace, and where the columns that matter stand in it.
const (
	header     = "instance_sn,role,app_name,cpu_request,cpu_limit,gpu_request,gpu_limit,rdma_request,rdma_limit,memory_request,memory_limit,disk_request,disk_limit,max_instance_per_node,creation_time,scheduled_time,deletion_time"
	nameColumn = 0
	roleColumn = 1
	appColumn  = 2
	cpuColumn  = 3
	gpuColumn  = 5
	memColumn  = 9
	mostColumn = 13
	bornColumn = 14
)

// rowsMax bounds the instances: placing them takes time with the square of their number at worst. The published
// trace has 23,871. lineMax bounds the bytes of a line.
const (
	rowsMax = 100_000
	lineMax = 4096
)

// row is an instance that is there at the start.
type row struct {
	name, role, app string
	need            amounts
	most            int // instances of its group on a host; 0: any number
	line            int
}

func (r row) group() string { return r.app + "/" + r.role }

// reader reads the trace line by line.
type reader struct {
	file     string
	problems *problem.List
	line     int
	columns  []string
	fields   []string
}

// readRows reads all lines, checks them, and returns the instances without a time of creation.
func readRows(trace Source, problems *problem.List) []row {
	r := &reader{file: trace.Name, problems: problems, columns: strings.Split(header, ",")}
	scanner := bufio.NewScanner(trace.Bytes)
	scanner.Buffer(make([]byte, 0, lineMax), lineMax)
	var rows []row
	for scanner.Scan() {
		r.line++
		text := scanner.Text()
		if r.line == 1 {
			if text != header {
				r.fail(0, "not-a-trace", "give disaggregated_DLRM_trace.csv as it was published", "the first line does not name the columns of the trace")
				return nil
			}
			continue
		}
		if one, ok := r.row(text); ok {
			rows = append(rows, one)
		}
		if r.line > rowsMax {
			r.fail(0, "too-many", "cut the trace", "a trace has at most %d instances", rowsMax)
			return nil
		}
	}
	switch err := scanner.Err(); {
	case err == bufio.ErrTooLong:
		r.line++
		r.fail(0, "line-too-long", "give the trace as it was published", "a line has at most %d bytes", lineMax)
	case err != nil:
		r.fail(0, "unreadable", "", "the file cannot be read: %v", err)
	case r.line == 0:
		r.fail(0, "truncated", "get the whole file", "the file is empty")
	case len(rows) == 0 && !problems.Failed():
		r.fail(0, "no-instances", "every instance has a time of creation; leave that of those there at the start empty",
			"no instance is there at the start")
	}
	return rows
}

// fail reports a fault of the current line; column is that of a field's first byte, from 1, or 0.
func (r *reader) fail(column int, code problem.Code, fix, format string, args ...any) {
	r.problems.Addf(code, problem.Place{File: r.file, Line: max(1, r.line), Column: column}, fix, format, args...)
}

// row reads one instance, and reports whether it is there at the start.
func (r *reader) row(text string) (row, bool) {
	r.fields = strings.Split(text, ",")
	if strings.ContainsRune(text, '"') {
		r.fail(1+strings.IndexByte(text, '"'), "quoted", "write the fields as they are", "the trace quotes nothing")
		return row{}, false
	}
	if len(r.fields) != len(r.columns) {
		r.fail(1, "bad-line", "a line has a field for each column of the first", "the line has %d fields, not %d", len(r.fields), len(r.columns))
		return row{}, false
	}
	before := r.problems.Errors()
	one := row{name: r.fields[nameColumn], role: r.fields[roleColumn], app: r.fields[appColumn], line: r.line}
	if one.role != "HN" && one.role != "CN" {
		r.bad(roleColumn, "write HN or CN")
	}
	one.need = amounts{cpu: r.number(cpuColumn, 0), gpu: r.number(gpuColumn, 0), memoryMiB: r.mebibytes(memColumn)}
	if one.most = r.number(mostColumn, -1); one.most == 0 {
		r.bad(mostColumn, "write 1 or more, or -1 for any number")
	}
	one.most = max(0, one.most)
	for column := range r.columns {
		switch column {
		case nameColumn, roleColumn, appColumn, cpuColumn, gpuColumn, memColumn, mostColumn:
		default:
			r.checkUnused(column)
		}
	}
	return one, r.fields[bornColumn] == "" && r.problems.Errors() == before
}

// bad reports a field that is not what its column holds.
func (r *reader) bad(column int, fix string) {
	at := 1 + column
	for _, field := range r.fields[:column] {
		at += len(field)
	}
	r.fail(at, "bad-value", fix, "%q is no %s", r.fields[column], r.columns[column])
}

// numberMax bounds every number of the trace.
const numberMax = 1_000_000_000

// number reads a whole number of at least least.
func (r *reader) number(column, least int) int {
	n, err := strconv.Atoi(r.fields[column])
	if err != nil || n < least || n > numberMax || strconv.Itoa(n) != r.fields[column] {
		r.bad(column, fmt.Sprintf("write a whole number from %d to %d", least, numberMax))
		return least
	}
	return n
}

// checkUnused reports a field that is not a number of 0 or more; times may be empty.
func (r *reader) checkUnused(column int) {
	if _, _, ok := decimal(r.fields[column]); !ok && (r.fields[column] != "" || column < bornColumn) {
		r.bad(column, "write a number of 0 or more")
	}
}

// mebibytes reads gibibytes as whole mebibytes, rounded up.
func (r *reader) mebibytes(column int) int {
	whole, fraction, ok := decimal(r.fields[column])
	if !ok {
		r.bad(column, "write a number of 0 or more")
		return 0
	}
	return whole*mebibytesPerGibibyte + (fraction*mebibytesPerGibibyte+billion-1)/billion
}

const (
	mebibytesPerGibibyte = 1024
	billion              = 1_000_000_000
)

// decimal reads a number such as 937.5 as a whole part and billionths; further decimals count as one more.
func decimal(text string) (whole, billionths int, ok bool) {
	front, back, dotted := strings.Cut(text, ".")
	if front == "" || len(front) > 10 || (dotted && back == "") || strings.Trim(front+back, "0123456789") != "" {
		return 0, 0, false
	}
	whole, err := strconv.Atoi(front)
	if err != nil || whole > numberMax {
		return 0, 0, false
	}
	billionths, err = strconv.Atoi((back + "000000000")[:9])
	if err != nil {
		return 0, 0, false
	}
	if len(back) > 9 && strings.Trim(back[9:], "0") != "" {
		billionths++
	}
	return whole, billionths, true
}
