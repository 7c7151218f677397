/* SPDX-License-Identifier: MIT */
#include "suite/elf.h"

#include "base/compiler.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEXT_MAX UINT64_C(4096)

#if defined(__x86_64__)
#define ELF_MACHINE EM_X86_64
#elif defined(__aarch64__)
#define ELF_MACHINE EM_AARCH64
#elif defined(__riscv)
#define ELF_MACHINE EM_RISCV
#elif defined(__powerpc64__)
#define ELF_MACHINE EM_PPC64
#else
#define ELF_MACHINE EM_NONE /* any: dlopen(3) will say */
#endif

/* ---- parts of the file ----------------------------------------------- */

static struct elf_part elf_at(const struct elf *elf, uint64_t offset,
			      uint64_t size)
{
	if (offset > elf->size || size > elf->size - offset)
		return (struct elf_part){ 0 };
	return (struct elf_part){ elf->bytes + offset, size };
}

/* Members may lie anywhere: they are copied before they are looked at. */
static bool elf_get(const struct elf_part *part, uint64_t offset, void *to,
		    size_t size)
{
	if (offset > part->size || size > part->size - offset)
		return false;
	memcpy(to, part->bytes + offset, size);
	return true;
}

/* A text that ends within its table; NULL = there is none.  Nothing that is
 * looked for is long, and a table without an end must not be read for each of
 * many names. */
static const char *elf_text(const struct elf_part *table, uint64_t offset)
{
	if (offset >= table->size ||
	    !memchr(table->bytes + offset, '\0',
		    min_of(table->size - offset, TEXT_MAX)))
		return NULL;
	return (const char *)table->bytes + offset;
}

/* From an address of the image to the end of the file's part of its
 * segment. */
static struct elf_part elf_image(const struct elf *elf, uint64_t address)
{
	Elf64_Phdr h;
	uint32_t i;

	for (i = 0; elf_get(&elf->segments, i * sizeof(h), &h, sizeof(h)); i++)
		if (h.p_type == PT_LOAD && address >= h.p_vaddr &&
		    address - h.p_vaddr < h.p_filesz) {
			uint64_t skip = address - h.p_vaddr;
			struct elf_part all =
				elf_at(elf, h.p_offset, h.p_filesz);

			if (!all.bytes)
				break;
			return (struct elf_part){ all.bytes + skip,
						  all.size - skip };
		}
	return (struct elf_part){ 0 };
}

/* ---- headers --------------------------------------------------------- */

static int elf_check_ident(const struct elf *elf, Elf64_Ehdr *h,
			   struct err *err)
{
	static const char odd[] = "it is not built for this machine: ";
	struct elf_part all = { elf->bytes, elf->size };

	if (elf->size < SELFMAG || memcmp(elf->bytes, ELFMAG, SELFMAG) != 0)
		return err_set(err, -ENOEXEC, "it is not an ELF file");
	if (elf->size > EI_DATA && elf->bytes[EI_CLASS] == ELFCLASS32)
		return err_set(err, -ENOEXEC, "%sit is a 32-bit file", odd);
	if (elf->size > EI_DATA && elf->bytes[EI_DATA] == ELFDATA2MSB)
		return err_set(err, -ENOEXEC, "%sit is big-endian", odd);
	if (!elf_get(&all, 0, h, sizeof(*h)))
		return err_set(err, -ENOEXEC,
			       "it ends within its ELF header");
	if (elf->bytes[EI_CLASS] != ELFCLASS64 ||
	    elf->bytes[EI_DATA] != ELFDATA2LSB ||
	    elf->bytes[EI_VERSION] != EV_CURRENT)
		return err_set(err, -ENOEXEC, "its ELF header is damaged");
	if (ELF_MACHINE != EM_NONE && h->e_machine != ELF_MACHINE)
		return err_set(err, -ENOEXEC, "%sits ELF machine is %u, not "
			       "%u", odd, h->e_machine, ELF_MACHINE);
	return 0;
}

static int elf_check_type(const Elf64_Ehdr *h, struct err *err)
{
	const char *what = h->e_type == ET_REL	  ? "an object file"
			   : h->e_type == ET_CORE ? "a core dump"
						  : "of an unknown ELF type";

	if (h->e_type == ET_DYN || h->e_type == ET_EXEC)
		return 0;
	return err_set(err, -ENOEXEC, "it is %s, not a shared object", what);
}

static int elf_read_segments(struct elf *elf, const Elf64_Ehdr *h,
			     struct err *err)
{
	elf->segments = elf_at(elf, h->e_phoff,
			       (uint64_t)h->e_phnum * sizeof(Elf64_Phdr));
	if (h->e_phentsize != sizeof(Elf64_Phdr) || h->e_phnum == PN_XNUM ||
	    h->e_phnum == 0 || !elf->segments.bytes)
		return err_set(err, -ENOEXEC,
			       "its program headers are damaged, or it has "
			       "been cut off");
	return 0;
}

/* A file may be without them, and then names no sections. */
static int elf_read_sections(struct elf *elf, const Elf64_Ehdr *h,
			     struct err *err)
{
	uint64_t n = h->e_shnum, names = h->e_shstrndx;
	Elf64_Shdr s;
	struct elf_part first;

	if (h->e_shoff == 0)
		return 0;
	first = elf_at(elf, h->e_shoff, sizeof(s));
	if (h->e_shentsize != sizeof(s) || !elf_get(&first, 0, &s, sizeof(s)))
		goto damaged;
	/* Where the numbers are too large for the header. */
	if (n == 0)
		n = s.sh_size;
	if (names == SHN_XINDEX)
		names = s.sh_link;
	if (n > elf->size / sizeof(s))
		goto damaged;
	elf->sections = elf_at(elf, h->e_shoff, n * sizeof(s));
	if (!elf->sections.bytes)
		goto damaged;
	if (names != SHN_UNDEF) {
		if (!elf_get(&elf->sections, names * sizeof(s), &s, sizeof(s)))
			goto damaged;
		elf->names = elf_at(elf, s.sh_offset, s.sh_size);
	}
	return 0;
damaged:
	return err_set(err, -ENOEXEC, "its section headers are damaged, or "
		       "it has been cut off");
}

/* ---- the dynamic section --------------------------------------------- */

static bool elf_get_dyn(const struct elf *elf, uint64_t i, Elf64_Dyn *dyn)
{
	return elf_get(&elf->dynamic, i * sizeof(*dyn), dyn, sizeof(*dyn)) &&
	       dyn->d_tag != DT_NULL;
}

static void elf_read_tables(struct elf *elf)
{
	uint64_t strings = 0, size = 0, flags = 0, i;
	Elf64_Dyn dyn;

	for (i = 0; elf_get_dyn(elf, i, &dyn); i++) {
		if (dyn.d_tag == DT_STRTAB)
			strings = dyn.d_un.d_ptr;
		else if (dyn.d_tag == DT_STRSZ)
			size = dyn.d_un.d_val;
		else if (dyn.d_tag == DT_SYMTAB)
			elf->symbols = dyn.d_un.d_ptr;
		else if (dyn.d_tag == DT_GNU_HASH)
			elf->gnu_hash = dyn.d_un.d_ptr;
		else if (dyn.d_tag == DT_HASH)
			elf->hash = dyn.d_un.d_ptr;
		else if (dyn.d_tag == DT_FLAGS_1)
			flags = dyn.d_un.d_val;
	}
	elf->strings = elf_image(elf, strings);
	elf->strings.size = min_of(elf->strings.size, size);
	if (flags & DF_1_PIE)
		elf->shared = false;
}

static int elf_read_dynamic(struct elf *elf, uint16_t type, struct err *err)
{
	Elf64_Phdr h;
	bool linked = false;
	uint32_t i;

	elf->shared = type == ET_DYN;
	for (i = 0; elf_get(&elf->segments, i * sizeof(h), &h, sizeof(h)); i++) {
		linked |= h.p_type == PT_INTERP;
		if (h.p_type == PT_DYNAMIC) {
			elf->dynamic = elf_at(elf, h.p_offset, h.p_filesz);
			if (!elf->dynamic.bytes)
				return err_set(err, -ENOEXEC, "its dynamic "
					       "section is damaged, or it has "
					       "been cut off");
		}
	}
	elf_read_tables(elf);
	elf->alone = !elf->shared && !linked;
	return 0;
}

const char *elf_next_text(const struct elf *elf, int64_t tag, uint64_t *at)
{
	const char *text = NULL;
	Elf64_Dyn dyn;

	while (!text && elf_get_dyn(elf, (*at)++, &dyn))
		if (dyn.d_tag == tag)
			text = elf_text(&elf->strings, dyn.d_un.d_val);
	return text;
}

const char *elf_needs(const struct elf *elf, const char *prefix)
{
	const char *text;
	uint64_t at = 0;

	while ((text = elf_next_text(elf, DT_NEEDED, &at)))
		if (strncmp(text, prefix, strlen(prefix)) == 0)
			break;
	return text;
}

/* ---- symbols --------------------------------------------------------- */

/* Is the symbol of this number a defined one of this name? */
static bool elf_is_symbol(const struct elf *elf,
			  const struct elf_part *symbols, uint64_t i,
			  const char *name)
{
	const char *text;
	Elf64_Sym sym;

	if (!elf_get(symbols, i * sizeof(sym), &sym, sizeof(sym)) ||
	    sym.st_shndx == SHN_UNDEF)
		return false;
	text = elf_text(&elf->strings, sym.st_name);
	return text && strcmp(text, name) == 0;
}

static uint32_t elf_word(const struct elf_part *table, uint64_t i)
{
	uint32_t word = 0;

	elf_get(table, i * sizeof(word), &word, sizeof(word));
	return word;
}

static uint32_t elf_hash_gnu(const char *name)
{
	uint32_t h = 5381;

	for (; *name; name++)
		h = h * 33 + (unsigned char)*name;
	return h;
}

/* Words: buckets, first symbol, filter's length and shift; the filter; the
 * buckets; the chains, whose last link is odd. */
static bool elf_look_gnu(const struct elf *elf, const char *name)
{
	struct elf_part table = elf_image(elf, elf->gnu_hash);
	struct elf_part symbols = elf_image(elf, elf->symbols);
	uint32_t hash = elf_hash_gnu(name), first = elf_word(&table, 1), link;
	uint64_t n = elf_word(&table, 0), buckets, i;

	if (n == 0)
		return false;
	buckets = 4 + 2 * (uint64_t)elf_word(&table, 2);
	i = elf_word(&table, buckets + hash % n);
	for (; i >= first && i < symbols.size / sizeof(Elf64_Sym); i++) {
		link = elf_word(&table, buckets + n + (i - first));
		if ((link ^ hash) >> 1 == 0 &&
		    elf_is_symbol(elf, &symbols, i, name))
			return true;
		if (link & 1)
			break;
	}
	return false;
}

static uint32_t elf_hash_sysv(const char *name)
{
	uint32_t h = 0, high;

	for (; *name; name++) {
		h = (h << 4) + (unsigned char)*name;
		high = h & 0xf0000000u;
		h = (h ^ high >> 24) & ~high;
	}
	return h;
}

/* Words: buckets, chains; the buckets; the chains, 0 is their end. */
static bool elf_look_sysv(const struct elf *elf, const char *name)
{
	struct elf_part table = elf_image(elf, elf->hash);
	struct elf_part symbols = elf_image(elf, elf->symbols);
	uint64_t n = elf_word(&table, 0), chains = elf_word(&table, 1), i;
	uint64_t steps;

	if (n == 0)
		return false;
	i = elf_word(&table, 2 + elf_hash_sysv(name) % n);
	/* A chain that bites its tail is no longer than all of them. */
	chains = min_of(chains, table.size / sizeof(uint32_t));
	for (steps = 0; i && steps < chains; steps++) {
		if (elf_is_symbol(elf, &symbols, i, name))
			return true;
		i = elf_word(&table, 2 + n + i);
	}
	return false;
}

bool elf_defines(const struct elf *elf, const char *symbol)
{
	if (!elf->symbols)
		return false;
	if (elf->gnu_hash)
		return elf_look_gnu(elf, symbol);
	return elf->hash && elf_look_sysv(elf, symbol);
}

bool elf_refers(const struct elf *elf, const char *symbol)
{
	struct elf_section section = { 0 };
	const char *text;
	Elf64_Sym sym;
	uint64_t i;

	/* Tables are for what is defined: this is a walk. */
	if (!elf_find_section(elf, ".dynsym", &section))
		return false;
	for (i = 0; elf_get(&section.part, i * sizeof(sym), &sym, sizeof(sym));
	     i++) {
		if (sym.st_shndx != SHN_UNDEF ||
		    ELF64_ST_BIND(sym.st_info) != STB_GLOBAL)
			continue;
		text = elf_text(&elf->strings, sym.st_name);
		if (text && strcmp(text, symbol) == 0)
			return true;
	}
	return false;
}

/* ---- sections -------------------------------------------------------- */

bool elf_find_section(const struct elf *elf, const char *name,
		      struct elf_section *section)
{
	Elf64_Shdr h;
	uint32_t i;

	for (i = 0; elf_get(&elf->sections, i * sizeof(h), &h, sizeof(h));
	     i++) {
		const char *text = elf_text(&elf->names, h.sh_name);

		if (!text || strcmp(text, name) != 0)
			continue;
		*section = (struct elf_section){ .address = h.sh_addr,
						 .size = h.sh_size,
						 .type = h.sh_type };
		if (h.sh_type != SHT_NOBITS)
			section->part = elf_at(elf, h.sh_offset, h.sh_size);
		return true;
	}
	return false;
}

bool elf_is_loaded(const struct elf *elf, uint64_t address, uint64_t size)
{
	Elf64_Phdr h;
	uint32_t i;

	for (i = 0; elf_get(&elf->segments, i * sizeof(h), &h, sizeof(h)); i++)
		if (h.p_type == PT_LOAD && address >= h.p_vaddr &&
		    address - h.p_vaddr <= h.p_memsz &&
		    size <= h.p_memsz - (address - h.p_vaddr))
			return true;
	return false;
}

/* ---- the symbol table ------------------------------------------------ */

/* A program has hundreds of thousands of symbols, and few of them are looked
 * for: the first bytes say for most of them that they are none.  A bit stands
 * for a name. */
#define SIEVE_BYTES 20
#define SIEVE_NAMES 64

struct elf_sieve {
	uint64_t wanted;
	/* In what all of them begin with, of the first eight bytes. */
	uint64_t head, head_mask;
	/* Names that have this byte there; the others end before. */
	uint64_t may[SIEVE_BYTES][256], ended[SIEVE_BYTES];
	size_t size[SIEVE_NAMES]; /* with their ends */
};

static void elf_sieve_fill(struct elf_sieve *sieve, const char *const *names,
			   uint32_t n)
{
	uint32_t i, at;

	memset(sieve, 0, sizeof(*sieve));
	for (i = 0; i < n; i++) {
		uint64_t bit = UINT64_C(1) << i;

		sieve->wanted |= bit;
		sieve->size[i] = strlen(names[i]) + 1;
		for (at = 0; at < SIEVE_BYTES; at++)
			if (at < sieve->size[i])
				sieve->may[at][(unsigned char)names[i][at]] |=
					bit;
			else
				sieve->ended[at] |= bit;
	}
}

static uint64_t elf_head(const void *bytes)
{
	uint64_t head;

	memcpy(&head, bytes, sizeof(head));
	return head;
}

static void elf_sieve_behead(struct elf_sieve *sieve,
			     const char *const *names, uint32_t n)
{
	size_t at;
	unsigned char mask[sizeof(sieve->head)] = { 0 }, head[sizeof(mask)];
	uint32_t i;

	memset(head, 0, sizeof(head));
	for (at = 0; n > 0 && at < sizeof(head) && names[0][at]; at++) {
		for (i = 1; i < n && names[i][at] == names[0][at]; i++)
			;
		if (i < n)
			break;
		head[at] = (unsigned char)names[0][at];
		mask[at] = 0xff;
	}
	sieve->head = elf_head(head);
	sieve->head_mask = elf_head(mask);
}

/* The wanted name that stands at the beginning of a table's rest; n = none. */
static uint32_t elf_match(const struct elf_sieve *sieve,
			  const struct elf_part *text,
			  const char *const *names, uint32_t n)
{
	uint64_t may = sieve->wanted;
	uint32_t i;

	if (likely(text->size >= sizeof(sieve->head)) &&
	    (elf_head(text->bytes) & sieve->head_mask) != sieve->head)
		return n;
	for (i = 0; may && i < SIEVE_BYTES && i < text->size; i++)
		may &= sieve->may[i][text->bytes[i]] | sieve->ended[i];
	for (i = 0; i < n && may >> i; i++)
		if (may >> i & 1 && sieve->size[i] <= text->size &&
		    memcmp(text->bytes, names[i], sieve->size[i]) == 0)
			return i;
	return n;
}

static uint32_t elf_walk_symbols(const struct elf_part *symbols,
				 const struct elf_part *strings,
				 const char *const *names, uint64_t *values,
				 uint32_t n)
{
	struct elf_sieve sieve;
	Elf64_Sym sym;
	uint64_t i;

	elf_sieve_fill(&sieve, names, n);
	elf_sieve_behead(&sieve, names, n);
	for (i = 0; sieve.wanted &&
		    elf_get(symbols, i * sizeof(sym), &sym, sizeof(sym)); i++) {
		struct elf_part text;
		uint32_t at;

		if (sym.st_shndx == SHN_UNDEF || sym.st_value == 0 ||
		    sym.st_name >= strings->size)
			continue;
		text.bytes = strings->bytes + sym.st_name;
		text.size = strings->size - sym.st_name;
		at = elf_match(&sieve, &text, names, n);
		if (at == n)
			continue;
		values[at] = sym.st_value;
		sieve.wanted &= ~(UINT64_C(1) << at);
	}
	return n - (uint32_t)__builtin_popcountll(sieve.wanted);
}

uint32_t elf_find_symbols(const struct elf *elf, const char *const *names,
			  uint64_t *values, uint32_t n)
{
	struct elf_section symbols, strings;

	memset(values, 0, n * sizeof(*values));
	if (n > SIEVE_NAMES || !elf_find_section(elf, ".symtab", &symbols) ||
	    !elf_find_section(elf, ".strtab", &strings))
		return 0;
	return elf_walk_symbols(&symbols.part, &strings.part, names, values,
				n);
}

/* ---- open and close -------------------------------------------------- */

int elf_read(struct elf *elf, const void *bytes, uint64_t size,
	     struct err *err)
{
	Elf64_Ehdr h = { 0 };
	int ret;

	*elf = (struct elf){ .bytes = bytes, .size = size };
	ret = elf_check_ident(elf, &h, err);
	if (ret == 0)
		ret = elf_check_type(&h, err);
	if (ret == 0)
		ret = elf_read_segments(elf, &h, err);
	if (ret == 0)
		ret = elf_read_sections(elf, &h, err);
	return ret < 0 ? ret : elf_read_dynamic(elf, h.e_type, err);
}

static int elf_map(struct elf *elf, int fd, uint64_t size, struct err *err)
{
	void *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	int ret;

	if (bytes == MAP_FAILED)
		return err_sys(err, -errno, "it cannot be mapped");
	ret = elf_read(elf, bytes, size, err);
	elf->mapped = true;
	if (ret < 0)
		elf_close(elf);
	return ret;
}

int elf_open(struct elf *elf, const char *path, struct err *err)
{
	/* Nobody may be at the other end of a pipe. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	int ret;

	if (fd < 0)
		return err_sys(err, -errno, "it cannot be opened");
	if (fstat(fd, &st) < 0)
		ret = err_sys(err, -errno, "it cannot be looked at");
	else if (S_ISDIR(st.st_mode))
		ret = err_set(err, -EISDIR, "it is a directory");
	else if (!S_ISREG(st.st_mode))
		ret = err_set(err, -ENOEXEC, "it is not a regular file");
	else if (st.st_size == 0)
		ret = err_set(err, -ENOEXEC, "it is empty");
	else
		ret = elf_map(elf, fd, (uint64_t)st.st_size, err);
	close(fd);
	return ret;
}

void elf_close(struct elf *elf)
{
	if (elf->mapped)
		munmap((void *)(uintptr_t)elf->bytes, elf->size);
	elf->mapped = false;
}
