#include "replay.h"
int replay(struct plan *plan, const char *id){(void)plan;(void)id;return 0;}
