#include "image.h"

#include <byteswap.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OWN_ORDER (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB)

bool image_holds(const struct image *image, uint64_t offset, uint64_t size)
{
    return offset <= image->size && size <= image->size - offset;
}

bool image_read(const struct image *image, void *to, uint64_t offset, uint64_t size)
{
    size_t room = (size_t)size;
    return image_holds(image, offset, size) && room == size &&
           pread(image->fd, to, room, (off_t)offset) == (ssize_t)room;
}

static void widen_header(Elf64_Ehdr *to, const Elf32_Ehdr *from)
{
    memcpy(to->e_ident, from->e_ident, EI_NIDENT);
    to->e_type = from->e_type;
    to->e_machine = from->e_machine;
    to->e_phoff = from->e_phoff;
    to->e_shoff = from->e_shoff;
    to->e_phentsize = from->e_phentsize;
    to->e_phnum = from->e_phnum;
    to->e_shentsize = from->e_shentsize;
    to->e_shnum = from->e_shnum;
    to->e_shstrndx = from->e_shstrndx;
}

static bool read_header(struct image *image)
{
    Elf32_Ehdr narrow;
    if (image->wide)
        return image_read(image, &image->header, 0, sizeof image->header);
    if (!image_read(image, &narrow, 0, sizeof narrow))
        return false;
    widen_header(&image->header, &narrow);
    return true;
}

bool image_open(struct image *image, int fd)
{
    unsigned char ident[EI_NIDENT];
    struct stat status;
    if (fstat(fd, &status) != 0)
        return false;
    *image = (struct image){.fd = fd, .size = (uint64_t)status.st_size};
    if (!image_read(image, ident, 0, sizeof ident) || memcmp(ident, ELFMAG, SELFMAG) != 0 ||
        (ident[EI_CLASS] != ELFCLASS32 && ident[EI_CLASS] != ELFCLASS64) ||
        (ident[EI_DATA] != ELFDATA2LSB && ident[EI_DATA] != ELFDATA2MSB))
        return false;
    image->wide = ident[EI_CLASS] == ELFCLASS64;
    image->foreign_order = ident[EI_DATA] != OWN_ORDER;
    if (!read_header(image))
        return false;
    if (image->foreign_order)
        image->header.e_machine = bswap_16(image->header.e_machine);
    return true;
}

/* Reads the index-th of `count` entries of a table. No sum can overflow: the numbers are 64, 32 and 16 bits wide. */
static bool read_entry(const struct image *image, void *to, uint64_t table, unsigned int index, unsigned int count,
                       uint64_t size)
{
    return index < count && table <= image->size && image_read(image, to, table + index * size, size);
}

bool image_segment(const struct image *image, unsigned int index, Elf64_Phdr *segment)
{
    const Elf64_Ehdr *header = &image->header;
    Elf32_Phdr narrow;
    if (image->wide)
        return header->e_phentsize == sizeof *segment &&
               read_entry(image, segment, header->e_phoff, index, header->e_phnum, sizeof *segment);
    if (header->e_phentsize != sizeof narrow ||
        !read_entry(image, &narrow, header->e_phoff, index, header->e_phnum, sizeof narrow))
        return false;
    *segment = (Elf64_Phdr){.p_type = narrow.p_type,
                            .p_offset = narrow.p_offset,
                            .p_vaddr = narrow.p_vaddr,
                            .p_filesz = narrow.p_filesz,
                            .p_align = narrow.p_align};
    return true;
}

bool image_section(const struct image *image, unsigned int index, Elf64_Shdr *section)
{
    const Elf64_Ehdr *header = &image->header;
    Elf32_Shdr narrow;
    if (image->wide)
        return header->e_shentsize == sizeof *section &&
               read_entry(image, section, header->e_shoff, index, header->e_shnum, sizeof *section);
    if (header->e_shentsize != sizeof narrow ||
        !read_entry(image, &narrow, header->e_shoff, index, header->e_shnum, sizeof narrow))
        return false;
    *section = (Elf64_Shdr){.sh_name = narrow.sh_name, .sh_offset = narrow.sh_offset, .sh_size = narrow.sh_size};
    return true;
}

bool image_dynamic(const struct image *image, const Elf64_Phdr *dynamic, unsigned int index, Elf64_Dyn *entry)
{
    uint64_t size = image->wide ? sizeof(Elf64_Dyn) : sizeof(Elf32_Dyn);
    uint64_t room = dynamic->p_filesz / size;
    unsigned int count = room < UINT16_MAX ? (unsigned int)room : UINT16_MAX;
    Elf32_Dyn narrow;
    if (image->wide)
        return read_entry(image, entry, dynamic->p_offset, index, count, size);
    if (!read_entry(image, &narrow, dynamic->p_offset, index, count, size))
        return false;
    *entry = (Elf64_Dyn){.d_tag = narrow.d_tag, .d_un.d_val = narrow.d_un.d_val};
    return true;
}

bool image_symbol(const struct image *image, uint64_t table, unsigned int index, Elf64_Sym *symbol)
{
    Elf32_Sym narrow;
    if (image->wide)
        return read_entry(image, symbol, table, index, UINT32_MAX, sizeof *symbol);
    if (!read_entry(image, &narrow, table, index, UINT32_MAX, sizeof narrow))
        return false;
    *symbol = (Elf64_Sym){.st_name = narrow.st_name, .st_shndx = narrow.st_shndx, .st_value = narrow.st_value};
    return true;
}
