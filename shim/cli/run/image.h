/*
 * The tables of an ELF file of either word size, entry by entry, in their 64-bit form.
 */
#ifndef LISTENAS_CLI_RUN_IMAGE_H
#define LISTENAS_CLI_RUN_IMAGE_H

#include <elf.h>
#include <stdbool.h>
#include <stdint.h>

struct image {
    int fd;
    uint64_t size; /* of the file */
    bool wide;     /* 64-bit */
    bool foreign_order;
    Elf64_Ehdr header; /* of the other byte order, only e_ident and e_machine are set */
};

/* Each of these returns false if what it reads is not wholly inside the file. */

bool image_open(struct image *image, int fd);
bool image_read(const struct image *image, void *to, uint64_t offset, uint64_t size);
bool image_holds(const struct image *image, uint64_t offset, uint64_t size);
bool image_segment(const struct image *image, unsigned int index, Elf64_Phdr *segment);
bool image_section(const struct image *image, unsigned int index, Elf64_Shdr *section);

/* The index-th entry of the dynamic section; false after the end as well. */
bool image_dynamic(const struct image *image, const Elf64_Phdr *dynamic, unsigned int index, Elf64_Dyn *entry);

/* The index-th symbol of a table at this offset in the file. */
bool image_symbol(const struct image *image, uint64_t table, unsigned int index, Elf64_Sym *symbol);

#endif
