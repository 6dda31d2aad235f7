#include "subject.h"

static void add_places(struct subject *subject, const struct caller *caller)
{
    for (size_t i = 0; caller && i < caller->count && i < SELECT_PLACES; i++) {
        const struct caller_frame *frame = &caller->frames[i];
        subject->places[i] = (struct select_place){.function = frame->symbol.function,
                                                   .file = frame->symbol.file,
                                                   .line = frame->symbol.line,
                                                   .module = frame->module ? frame->module->path : "",
                                                   .offset = frame->place.offset};
        subject->places_count = i + 1;
    }
}

struct subject subject_of_told(const struct subjects *subjects, const struct selection *selection,
                               const struct told *told, struct subject_room *room)
{
    struct subject subject = context_subject(subjects->context, subjects->ring, &told->record, &told->repeats, room);
    if (select_asks_places(selection))
        add_places(&subject, caller_of(subjects->callers, subjects->ring, told->record.site));
    return subject;
}
