package sqlite

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// networks are the file systems, by their number in statfs(2), on which locks or the shared memory of a
// write-ahead log cannot be relied on, because another machine or program stands between us and the disk.
var networks = map[uint32]string{
	0x00006969: "NFS",
	0x0000517b: "SMB",
	0x0000564c: "NCP",
	0x00c36400: "Ceph",
	0x01021997: "9P",
	0x01161970: "GFS2",
	0x0bd00bd0: "Lustre",
	0x19830326: "BeeGFS",
	0x47504653: "GPFS",
	0x5346414f: "AFS",
	0x65735546: "FUSE",
	0x6b414653: "AFS",
	0x73757245: "Coda",
	0x7461636f: "OCFS2",
	0x786f4256: "a folder shared with a virtual machine",
	0xfe534d42: "SMB",
	0xff534d42: "CIFS",
}

// fileSystem returns the number of the file system that a directory is on.
func fileSystem(dir string) (uint32, error) {
	var at syscall.Statfs_t
	if err := syscall.Statfs(dir, &at); err != nil {
		return 0, &os.PathError{Op: "statfs", Path: dir, Err: err}
	}
	return uint32(at.Type), nil
}

// refuseNetwork refuses a directory that is not on a disk of this machine.
func refuseNetwork(dir string, kind func(dir string) (uint32, error)) error {
	number, err := kind(dir)
	if err != nil {
		return err
	}
	if name, ok := networks[number]; ok {
		return refuse("store-network", nil, fmt.Sprintf("%s is on a network file system (%s), where a store can be damaged", dir, name),
			"put the data directory on a disk of this machine")
	}
	return nil
}

// hold locks the directory of a store for this process. The lock ends with the file that is returned, at the
// latest when the process does. The file says who holds it, for the one who comes second.
func hold(dir string) (*os.File, error) {
	file, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		holder, _ := io.ReadAll(io.LimitReader(file, 32)) // only for the message
		file.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, busy(dir, strings.TrimSpace(string(holder)))
		}
		return nil, &os.PathError{Op: "flock", Path: file.Name(), Err: err}
	}
	// A full disk may keep the number out. The lock holds all the same.
	if file.Truncate(0) == nil {
		file.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	}
	return file, nil
}
