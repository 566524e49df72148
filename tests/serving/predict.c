/* Asks a SavedModel for tensors with TensorFlow's C library alone.
 *
 *     predict FOLDER INPUT... -- OUTPUT...
 *
 * INPUT  operation:index:type:dimensions:file, such as serving_seeds:0:9:3:seeds.bin; the type is
 *        a number of TF_DataType, dimensions are joined by x, the file holds the raw values.
 * OUTPUT operation:index:file
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tensorflow/c/c_api.h>

#define MOST 8

static void stop(const char *what) {
  fprintf(stderr, "%s\n", what);
  exit(3);
}

static void check(const TF_Status *status) {
  if (TF_GetCode(status) != TF_OK) {
    fprintf(stderr, "error %d: %s\n", TF_GetCode(status), TF_Message(status));
    exit(1);
  }
}

static TF_Output operation(TF_Graph *graph, const char *name, int index) {
  TF_Output output = {TF_GraphOperationByName(graph, name), index};
  if (output.oper == NULL) stop(name);
  return output;
}

static TF_Tensor *read_tensor(int type, char *dimensions, const char *path) {
  int64_t sizes[MOST];
  int rank = 0;
  size_t length = TF_DataTypeSize((TF_DataType)type);
  for (char *size = strtok(dimensions, "x"); size != NULL; size = strtok(NULL, "x")) {
    sizes[rank] = atoll(size);
    length *= (size_t)sizes[rank++];
  }
  TF_Tensor *tensor = TF_AllocateTensor((TF_DataType)type, sizes, rank, length);
  FILE *file = fopen(path, "rb");
  if (file == NULL || fread(TF_TensorData(tensor), 1, length, file) != length) stop(path);
  fclose(file);
  return tensor;
}

int main(int count, char **words) {
  if (count < 2) stop("predict FOLDER INPUT... -- OUTPUT...");
  TF_Status *status = TF_NewStatus();
  TF_Graph *graph = TF_NewGraph();
  TF_SessionOptions *options = TF_NewSessionOptions();
  const char *tags[] = {"serve"};
  TF_Session *session =
      TF_LoadSessionFromSavedModel(options, NULL, words[1], tags, 1, graph, NULL, status);
  check(status);

  TF_Output inputs[MOST], outputs[MOST];
  TF_Tensor *fed[MOST], *fetched[MOST] = {NULL};
  char name[256], dimensions[128], path[MOST][1024], source[1024];
  int input_count = 0, output_count = 0, index, type, word = 2;
  for (; word < count && strcmp(words[word], "--") != 0; word++, input_count++) {
    if (sscanf(words[word], "%255[^:]:%d:%d:%127[^:]:%1023s", name, &index, &type, dimensions,
               source) != 5)
      stop(words[word]);
    inputs[input_count] = operation(graph, name, index);
    fed[input_count] = read_tensor(type, dimensions, source);
  }
  for (word++; word < count; word++, output_count++) {
    if (sscanf(words[word], "%255[^:]:%d:%1023s", name, &index, path[output_count]) != 3)
      stop(words[word]);
    outputs[output_count] = operation(graph, name, index);
  }

  TF_SessionRun(session, NULL, inputs, fed, input_count, outputs, fetched, output_count, NULL, 0,
                NULL, status);
  check(status);
  for (int i = 0; i < output_count; i++) {
    FILE *file = fopen(path[i], "wb");
    size_t length = TF_TensorByteSize(fetched[i]);
    if (file == NULL || fwrite(TF_TensorData(fetched[i]), 1, length, file) != length) stop(path[i]);
    fclose(file);
    for (int d = 0; d < TF_NumDims(fetched[i]); d++)
      printf("%lld ", (long long)TF_Dim(fetched[i], d));
    printf("\n");
    TF_DeleteTensor(fetched[i]);
  }
  for (int i = 0; i < input_count; i++) TF_DeleteTensor(fed[i]);
  TF_CloseSession(session, status);
  TF_DeleteSession(session, status);
  TF_DeleteSessionOptions(options);
  TF_DeleteGraph(graph);
  TF_DeleteStatus(status);
  return 0;
}
